#include "crypto/certificate.hpp"

#include "crypto/der.hpp"
#include "crypto/name.hpp"
#include "crypto/oid.hpp"

namespace crypto {

namespace {

bool canonical_integer(base::View content) {
    if (content.empty()) return false;
    if (content.size() == 1) return true;
    bool const sign = (content[1] & std::byte{0x80}) != std::byte{0};
    return !(content[0] == std::byte{0} && !sign) && !(content[0] == std::byte{0xff} && sign);
}

base::Result<void, Malformed> parse_basic_constraints(base::View value, Authority& authority) {
    DerReader outer{value};
    auto fields = TRY(outer.enter(Tag::Sequence, "BasicConstraints"));
    TRY(outer.finish("the end of BasicConstraints"));
    if (fields.at(Tag::Boolean)) {
        auto const flag = TRY(fields.next(Tag::Boolean, "cA"));
        if (flag.content.size() != 1 || flag.content[0] != std::byte{0xff})
            return std::unexpected(fields.malformed("cA TRUE; FALSE is left out in DER"));
        authority.certificate_authority = true;
    }
    if (!fields.empty()) authority.path_length = TRY(fields.unsigned_integer("pathLenConstraint"));
    return fields.finish("the end of BasicConstraints");
}

base::Result<void, Malformed> parse_key_usage(base::View value, Authority& authority) {
    DerReader outer{value};
    auto const bits = TRY(outer.next(Tag::BitString, "KeyUsage"));
    TRY(outer.finish("the end of KeyUsage"));
    if (bits.content.size() < 2 || bits.content.size() > 3 || bits.content[0] > std::byte{7})
        return std::unexpected(Malformed{"KeyUsage"});
    auto const bit = [&](unsigned n) {
        return (bits.content[1] & std::byte(0x80 >> n)) != std::byte{0};
    };
    authority.may_sign_data = bit(0);
    authority.may_sign_certificates = bit(5);
    authority.may_sign_lists = bit(6);
    return {};
}

} // namespace

base::Result<Extension, Malformed> parse_extension(DerReader& in) {
    auto fields = TRY(in.enter(Tag::Sequence, "an Extension"));
    Extension out;
    out.oid = TRY(fields.next(Tag::Oid, "the extension's identifier")).content;
    if (fields.at(Tag::Boolean)) {
        auto const flag = TRY(fields.next(Tag::Boolean, "critical"));
        if (flag.content.size() != 1 || flag.content[0] != std::byte{0xff})
            return std::unexpected(fields.malformed("critical TRUE; FALSE is left out in DER"));
        out.critical = true;
    }
    out.value = TRY(fields.next(Tag::OctetString, "the extension's value")).content;
    TRY(fields.finish("the end of the extension"));
    return out;
}

base::Result<Certificate, Malformed> Certificate::parse(base::View der) {
    Certificate out;
    auto const copy = std::make_shared<std::vector<std::byte> const>(der.begin(), der.end());
    out.der_ = copy;
    TRY(out.parse_signed(*copy));
    return out;
}

base::Result<void, Malformed> Certificate::parse_signed(base::View der) {
    DerReader outer{der};
    auto fields = TRY(outer.enter(Tag::Sequence, "a Certificate"));
    TRY(outer.finish("the end of the certificate"));
    auto content = fields;
    signed_.content = TRY(fields.next(Tag::Sequence, "tbsCertificate")).whole;
    auto const identifier = TRY(fields.next(Tag::Sequence, "signatureAlgorithm")).whole;
    auto const algorithm = signature_algorithm(identifier);
    if (!algorithm)
        return std::unexpected(fields.malformed("a signature algorithm that is known here"));
    signed_.algorithm = *algorithm;
    signed_.signature = TRY(fields.bit_string("signatureValue"));
    TRY(fields.finish("the end of the certificate"));
    return parse_content(content.rest(), identifier);
}

base::Result<void, Malformed> Certificate::parse_content(base::View rest, base::View algorithm) {
    auto const base_offset = static_cast<std::size_t>(rest.data() - der_->data());
    auto const here = [&](Malformed m) { return Malformed{m.what, m.offset + base_offset}; };
    DerReader outer{rest};
    auto const parse = [&]() -> base::Result<void, Malformed> {
        auto fields = TRY(outer.enter(Tag::Sequence, "tbsCertificate"));
        auto version = TRY(fields.enter(context_constructed(0), "version"));
        if (TRY(version.unsigned_integer("version")) != 2)
            return std::unexpected(fields.malformed("an X.509 certificate of version 3"));
        TRY(version.finish("the end of version"));
        serial_ = TRY(fields.next(Tag::Integer, "serialNumber")).content;
        if (!canonical_integer(serial_))
            return std::unexpected(fields.malformed("a serialNumber in DER"));
        if (!base::equal(TRY(fields.next(Tag::Sequence, "signature")).whole, algorithm))
            return std::unexpected(
                fields.malformed("the same signature algorithm inside and outside")
            );
        issuer_ = TRY(read_name(fields, "issuer"));
        auto validity = TRY(fields.enter(Tag::Sequence, "validity"));
        not_before_ = TRY(validity.time("notBefore"));
        not_after_ = TRY(validity.time("notAfter"));
        TRY(validity.finish("the end of validity"));
        subject_ = TRY(read_name(fields, "subject"));
        public_key_info_ = TRY(fields.next(Tag::Sequence, "subjectPublicKeyInfo")).whole;
        auto wrapped = TRY(fields.enter(context_constructed(3), "extensions"));
        TRY(fields.finish("the end of tbsCertificate"));
        auto const list = TRY(wrapped.next(Tag::Sequence, "extensions")).content;
        TRY(wrapped.finish("the end of extensions"));
        TRY(parse_extensions(list));
        return parse_authority();
    };
    auto const result = parse();
    if (!result) return std::unexpected(here(result.error()));
    return {};
}

base::Result<void, Malformed> Certificate::parse_extensions(base::View list) {
    DerReader in{list};
    extensions_.reserve(12);
    while (!in.empty()) {
        auto const found = TRY(parse_extension(in));
        if (extension(found.oid)) return std::unexpected(in.malformed("each extension once"));
        extensions_.push_back(found);
    }
    return {};
}

base::Result<void, Malformed> Certificate::parse_authority() {
    if (auto const* constraints = extension(oid_basic_constraints))
        TRY(parse_basic_constraints(constraints->value, authority_));
    if (auto const* usage = extension(oid_key_usage))
        return parse_key_usage(usage->value, authority_);
    authority_.may_sign_certificates = authority_.may_sign_lists = authority_.may_sign_data = true;
    return {};
}

Extension const* Certificate::extension(base::View oid) const {
    for (auto const& extension : extensions_)
        if (base::equal(extension.oid, oid)) return &extension;
    return nullptr;
}

Extension const* Certificate::unknown_critical() const {
    for (auto const& extension : extensions_)
        if (extension.critical && !base::equal(extension.oid, oid_basic_constraints) &&
            !base::equal(extension.oid, oid_key_usage))
            return &extension;
    return nullptr;
}

} // namespace crypto
