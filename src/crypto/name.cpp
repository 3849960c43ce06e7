#include "crypto/name.hpp"

#include "crypto/der.hpp"
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

} // namespace

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
