#include "crypto/revocation_list.hpp"

#include "crypto/der.hpp"
#include "crypto/name.hpp"

namespace crypto {

namespace {

// Nothing in the list may change its meaning in a way that we do not know.
base::Result<void, Malformed> skip_extensions(DerReader list) {
    while (!list.empty()) {
        auto const start = list.malformed("no critical extension in a revocation list");
        if (TRY(parse_extension(list)).critical) return std::unexpected(start);
    }
    return {};
}

} // namespace

base::Result<RevocationList, Malformed> RevocationList::parse(base::View der) {
    RevocationList out;
    auto const copy = std::make_shared<std::vector<std::byte> const>(der.begin(), der.end());
    out.der_ = copy;
    TRY(out.parse_signed(*copy));
    return out;
}

base::Result<void, Malformed> RevocationList::parse_signed(base::View der) {
    DerReader outer{der};
    auto fields = TRY(outer.enter(Tag::Sequence, "a CertificateList"));
    TRY(outer.finish("the end of the revocation list"));
    auto inner = fields;
    auto const content = TRY(inner.enter(Tag::Sequence, "tbsCertList"));
    signed_.content = TRY(fields.next(Tag::Sequence, "tbsCertList")).whole;
    auto const identifier = TRY(fields.next(Tag::Sequence, "signatureAlgorithm")).whole;
    auto const algorithm = signature_algorithm(identifier);
    if (!algorithm)
        return std::unexpected(fields.malformed("a signature algorithm that is known here"));
    signed_.algorithm = *algorithm;
    signed_.signature = TRY(fields.bit_string("signatureValue"));
    TRY(fields.finish("the end of the revocation list"));
    return parse_content(content, identifier);
}

base::Result<void, Malformed>
RevocationList::parse_content(DerReader fields, base::View algorithm) {
    if (TRY(fields.unsigned_integer("version")) != 1)
        return std::unexpected(fields.malformed("a revocation list of version 2"));
    if (!base::equal(TRY(fields.next(Tag::Sequence, "signature")).whole, algorithm))
        return std::unexpected(fields.malformed("the same signature algorithm inside and outside"));
    issuer_ = TRY(read_name(fields, "issuer"));
    this_update_ = TRY(fields.time("thisUpdate"));
    next_update_ = TRY(fields.time("nextUpdate"));
    if (fields.at(Tag::Sequence)) {
        auto const entries = TRY(fields.enter(Tag::Sequence, "revokedCertificates"));
        TRY(parse_revocations(entries));
    }
    if (!fields.empty()) {
        auto wrapped = TRY(fields.enter(context_constructed(0), "crlExtensions"));
        auto const list = TRY(wrapped.enter(Tag::Sequence, "crlExtensions"));
        TRY(skip_extensions(list));
        TRY(wrapped.finish("the end of crlExtensions"));
    }
    return fields.finish("the end of tbsCertList");
}

base::Result<void, Malformed> RevocationList::parse_revocations(DerReader entries) {
    while (!entries.empty()) {
        auto entry = TRY(entries.enter(Tag::Sequence, "a revoked certificate"));
        Revocation found;
        found.serial = TRY(entry.next(Tag::Integer, "userCertificate")).content;
        found.date = TRY(entry.time("revocationDate"));
        if (!entry.empty()) {
            auto const list = TRY(entry.enter(Tag::Sequence, "crlEntryExtensions"));
            TRY(skip_extensions(list));
        }
        TRY(entry.finish("the end of a revoked certificate"));
        revocations_.push_back(found);
    }
    return {};
}

Revocation const* RevocationList::find(base::View serial) const {
    for (auto const& revocation : revocations_)
        if (base::equal(revocation.serial, serial)) return &revocation;
    return nullptr;
}

} // namespace crypto
