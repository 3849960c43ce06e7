#include "crypto/name.hpp"

#include "crypto/oid.hpp"

#include <array>

namespace crypto {

namespace {

bool text_tag(Tag tag) {
    return tag == Tag::Utf8String || tag == Tag::PrintableString || tag == Tag::Ia5String;
}

// The value of one RelativeDistinguishedName, if it is a commonName.
base::Result<std::optional<std::string_view>, Malformed> common_name_of(DerReader& names) {
    auto set = TRY(names.enter(Tag::Set, "a RelativeDistinguishedName"));
    auto pair = TRY(set.enter(Tag::Sequence, "an AttributeTypeAndValue"));
    auto const type = TRY(pair.next(Tag::Oid, "an attribute type"));
    auto const value = TRY(pair.next());
    if (!base::equal(type.content, oid_common_name) || !text_tag(value.tag)) return std::nullopt;
    return base::text_of(value.content);
}

struct AttributeName {
    base::View oid;
    std::string_view name;
};

// RFC 4514, 3; and serialNumber, which some vendors use.
constexpr std::array attribute_names{
    AttributeName{oid_common_name, "CN"},
    AttributeName{oid_bytes<2, 5, 4, 5>, "serialNumber"},
    AttributeName{oid_bytes<2, 5, 4, 6>, "C"},
    AttributeName{oid_bytes<2, 5, 4, 7>, "L"},
    AttributeName{oid_bytes<2, 5, 4, 8>, "ST"},
    AttributeName{oid_bytes<2, 5, 4, 9>, "STREET"},
    AttributeName{oid_bytes<2, 5, 4, 10>, "O"},
    AttributeName{oid_bytes<2, 5, 4, 11>, "OU"},
    AttributeName{oid_bytes<0, 9, 2342, 19200300, 100, 1, 25>, "DC"},
};

std::string attribute_text(base::View oid) {
    for (auto const& known : attribute_names)
        if (base::equal(known.oid, oid)) return std::string{known.name};
    return "?";
}

// RFC 4514, 2.4.
std::string escaped(std::string_view value) {
    std::string out;
    for (std::size_t i = 0; i < value.size(); ++i) {
        bool const edge = (i == 0 && (value[i] == '#' || value[i] == ' ')) ||
                          (i + 1 == value.size() && value[i] == ' ');
        if (edge || std::string_view{",+\"\\<>;"}.contains(value[i])) out += '\\';
        out += value[i];
    }
    return out;
}

// One RelativeDistinguishedName.
base::Result<std::string, Malformed> relative_text(DerReader& names) {
    auto set = TRY(names.enter(Tag::Set, "a RelativeDistinguishedName"));
    std::string out;
    while (!set.empty()) {
        auto pair = TRY(set.enter(Tag::Sequence, "an AttributeTypeAndValue"));
        auto const type = TRY(pair.next(Tag::Oid, "an attribute type"));
        auto const value = TRY(pair.next());
        out += (out.empty() ? "" : "+") + attribute_text(type.content) + '=' +
               escaped(base::text_of(value.content));
    }
    return out;
}

base::Result<void, Malformed> read_attribute(DerReader& set) {
    auto pair = TRY(set.enter(Tag::Sequence, "an AttributeTypeAndValue"));
    (void)TRY(pair.next(Tag::Oid, "an attribute type"));
    (void)TRY(pair.next());
    return pair.finish("the end of an AttributeTypeAndValue");
}

} // namespace

std::string name_text(base::View name) {
    DerReader outer{name};
    auto names = outer.enter(Tag::Sequence, "a Name");
    std::string out;
    while (names && !names->empty()) {
        auto const part = relative_text(*names);
        if (!part) break;
        out = *part + (out.empty() ? "" : ",") + out;
    }
    return out;
}

base::Result<base::View, Malformed> read_name(DerReader& in, std::string_view what) {
    auto left = in;
    auto const whole = TRY(in.next(Tag::Sequence, what)).whole;
    auto names = TRY(left.enter(Tag::Sequence, what));
    while (!names.empty()) {
        auto set = TRY(names.enter(Tag::Set, "a RelativeDistinguishedName"));
        do { // at least one
            TRY(read_attribute(set));
        } while (!set.empty());
    }
    return whole;
}

std::optional<std::string_view> common_name(base::View name) {
    DerReader outer{name};
    auto names = outer.enter(Tag::Sequence, "a Name");
    std::optional<std::string_view> found;
    while (names && !names->empty()) {
        auto const text = common_name_of(*names);
        if (!text || (*text && found)) return {};
        if (*text) found = **text;
    }
    return found;
}

} // namespace crypto
