#include "crypto/name.hpp"

#include "crypto/oid.hpp"

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

base::Result<void, Malformed> read_attribute(DerReader& set) {
    auto pair = TRY(set.enter(Tag::Sequence, "an AttributeTypeAndValue"));
    (void)TRY(pair.next(Tag::Oid, "an attribute type"));
    (void)TRY(pair.next());
    return pair.finish("the end of an AttributeTypeAndValue");
}

} // namespace

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
