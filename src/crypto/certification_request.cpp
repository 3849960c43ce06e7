#include "crypto/certification_request.hpp"

#include "crypto/der.hpp"
#include "crypto/name.hpp"
#include "crypto/oid.hpp"

#include <algorithm>

namespace crypto {

namespace {

// RFC 2985, 5.4.2
constexpr base::View oid_extension_request = oid_bytes<1, 2, 840, 113549, 1, 9, 14>;

} // namespace

base::Result<CertificationRequest, Malformed> CertificationRequest::parse(base::View der) {
    CertificationRequest out;
    auto const copy = std::make_shared<std::vector<std::byte> const>(der.begin(), der.end());
    out.der_ = copy;
    TRY(out.read(*copy));
    return out;
}

base::Result<void, Malformed> CertificationRequest::read(base::View der) {
    DerReader outer{der};
    auto fields = TRY(outer.enter(Tag::Sequence, "a CertificationRequest"));
    TRY(outer.finish("the end of the certification request"));
    auto inner = fields;
    signed_.content = TRY(fields.next(Tag::Sequence, "certificationRequestInfo")).whole;
    auto const identifier = TRY(fields.next(Tag::Sequence, "signatureAlgorithm")).whole;
    auto const algorithm = signature_algorithm(identifier);
    if (!algorithm)
        return std::unexpected(fields.malformed("a signature algorithm that is known here"));
    signed_.algorithm = *algorithm;
    signed_.signature = TRY(fields.bit_string("signature"));
    TRY(fields.finish("the end of the certification request"));
    auto const content = TRY(inner.enter(Tag::Sequence, "certificationRequestInfo"));
    return read_content(content);
}

base::Result<void, Malformed> CertificationRequest::read_content(DerReader content) {
    if (TRY(content.unsigned_integer("version")) != 0)
        return std::unexpected(content.malformed("a certification request of version 1"));
    subject_ = TRY(read_name(content, "subject"));
    public_key_info_ = TRY(content.next(Tag::Sequence, "subjectPublicKeyInfo")).whole;
    auto attributes = TRY(content.enter(context_constructed(0), "attributes"));
    TRY(content.finish("the end of certificationRequestInfo"));
    while (!attributes.empty()) TRY(read_attribute(attributes));
    return {};
}

base::Result<void, Malformed> CertificationRequest::read_attribute(DerReader& attributes) {
    auto const here = attributes.malformed("one attribute, extensionRequest");
    auto attribute = TRY(attributes.enter(Tag::Sequence, here.what));
    auto const oid = TRY(attribute.next(Tag::Oid, here.what)).content;
    if (!base::equal(oid, oid_extension_request) || !extensions_.empty())
        return std::unexpected(here);
    auto values = TRY(attribute.enter(Tag::Set, "the values of extensionRequest"));
    TRY(attribute.finish("the end of the attribute"));
    auto list = TRY(values.enter(Tag::Sequence, "Extensions"));
    TRY(values.finish("one value of extensionRequest"));
    if (list.empty()) return std::unexpected(here);
    while (!list.empty()) {
        auto const found = TRY(parse_extension(list));
        auto const known = [&](Extension const& other) {
            return base::equal(other.oid, found.oid);
        };
        if (std::ranges::any_of(extensions_, known))
            return std::unexpected(list.malformed("each extension once"));
        extensions_.push_back(found);
    }
    return {};
}

} // namespace crypto
