#include "attest/csr/evidence.hpp"

#include "crypto/der.hpp"
#include "crypto/oid.hpp"
#include "crypto/pem.hpp"

#include <algorithm>

namespace attest::csr {

namespace {

using crypto::DerReader;
using crypto::Malformed;
using crypto::Tag;
template <class T = void> using Read = base::Result<T, Unusable>;

constexpr base::View oid_enarx = crypto::oid_bytes<1, 3, 6, 1, 4, 1, 58270, 1>;
constexpr auto part = "evidence in the request";

Unusable unusable(Malformed const& why) {
    return {
        .source = part,
        .offset = why.offset,
        .expected = std::string(why.what),
        .found = "other bytes",
    };
}

// The value of a reader's Result, whose error becomes one of endorsements.
template <class T> Read<T> lift(base::Result<T, Malformed> result) {
    if (!result) return std::unexpected(unusable(result.error()));
    if constexpr (std::is_void_v<T>)
        return {};
    else
        return std::move(*result);
}

// What is taken out of the extension before it is decided which lists count.
struct Parts {
    Evidence evidence;
    std::vector<crypto::RevocationList> lists;
};

// SEQUENCE { SEQUENCE OF SEQUENCE { UTF8String address, CertificateList } }
Read<> read_lists(DerReader& in, Parts& out) {
    auto wrapped = TRY(lift(in.enter(Tag::Sequence, "revocation lists")));
    auto lists = TRY(lift(wrapped.enter(Tag::Sequence, "revocation lists")));
    TRY(lift(wrapped.finish("the end of the revocation lists")));
    while (!lists.empty()) {
        auto pair = TRY(lift(lists.enter(Tag::Sequence, "an address with its list")));
        TRY(lift(pair.next(Tag::Utf8String, "the address of a list")));
        auto const list = TRY(lift(pair.next(Tag::Sequence, "a revocation list")));
        TRY(lift(pair.finish("the end of a revocation list")));
        out.lists.push_back(TRY(lift(crypto::RevocationList::parse(list.whole))));
    }
    return {};
}

// SEQUENCE { SEQUENCE OF Certificate, OCTET STRING tcbInfo }
Read<> read_tcb(DerReader& in, Parts& out) {
    auto fields = TRY(lift(in.enter(Tag::Sequence, "TCB info with its chain")));
    auto chain = TRY(lift(fields.enter(Tag::Sequence, "the chain of the TCB info")));
    while (!chain.empty()) {
        auto const certificate = TRY(lift(chain.next(Tag::Sequence, "a certificate")));
        TRY(out.evidence.endorsements.add(certificate.whole, part));
    }
    auto const document = TRY(lift(fields.next(Tag::OctetString, "TCB info")));
    TRY(lift(fields.finish("the end of the TCB info")));
    return out.evidence.endorsements.add(document.content, part);
}

// SEQUENCE { OCTET STRING quote, lists, tcb }
Read<> read_sgx(DerReader fields, Parts& out) {
    out.evidence.report = TRY(lift(fields.next(Tag::OctetString, "a quote"))).content;
    TRY(read_lists(fields, out));
    TRY(read_tcb(fields, out));
    return lift(fields.finish("the end of the evidence"));
}

// SEQUENCE { SEQUENCE { Certificate vcek, lists }, OCTET STRING report }
Read<> read_snp(DerReader fields, Parts& out) {
    auto leaf = TRY(lift(fields.enter(Tag::Sequence, "VCEK and revocation lists")));
    auto const certificate = TRY(lift(leaf.next(Tag::Sequence, "VCEK")));
    TRY(out.evidence.endorsements.add(certificate.whole, part));
    TRY(read_lists(leaf, out));
    TRY(lift(leaf.finish("the end of the revocation lists")));
    out.evidence.report = TRY(lift(fields.next(Tag::OctetString, "a report"))).content;
    return lift(fields.finish("the end of the evidence"));
}

// The certificates at the end of a quote; none where they are malformed, which is for others to
// say.
std::vector<crypto::Certificate> certificates_in(base::View quote) {
    std::vector<crypto::Certificate> out;
    auto const at = base::text_of(quote).find("-----BEGIN CERTIFICATE-----");
    if (at == std::string_view::npos) return out;
    auto text = quote.subspan(at);
    if (text.back() == std::byte{0}) text = text.first(text.size() - 1);
    auto const blocks = crypto::parse_pem(text);
    if (!blocks) return out;
    for (auto const& block : *blocks)
        if (auto certificate = crypto::Certificate::parse(block.der))
            out.push_back(std::move(*certificate));
    return out;
}

Read<> add_lists(Parts& parts, Endorsements const& given, Roots const& roots) {
    auto& [report, endorsements] = parts.evidence;
    auto const inside = certificates_in(report);
    for (auto const& list : parts.lists) {
        auto const issued_by = [&](crypto::Certificate const& certificate) {
            return base::equal(certificate.subject(), list.issuer());
        };
        constexpr auto value = &Sourced<crypto::Certificate>::value;
        bool const known = std::ranges::any_of(inside, issued_by) ||
                           std::ranges::any_of(roots.all(), issued_by, value) ||
                           std::ranges::any_of(endorsements.certificates(), issued_by, value);
        if (known && !given.list_of(list.issuer(), list.this_update()))
            TRY(endorsements.add(list.der(), part));
    }
    return {};
}

} // namespace

std::optional<Technology> technology_of(base::View oid) {
    if (oid.size() != oid_enarx.size() + 1 ||
        !base::equal(oid.first(oid_enarx.size()), oid_enarx) || oid.back() < std::byte{1} ||
        oid.back() > std::byte{3})
        return {};
    return Technology(oid.back());
}

base::Result<Evidence, Unusable> read_evidence(
    Technology technology, base::View value, Endorsements const& given, Roots const& roots
) {
    Parts out{.evidence = {.report = {}, .endorsements = given}, .lists = {}};
    DerReader outer{value};
    auto const fields = TRY(lift(outer.enter(Tag::Sequence, "the evidence of Enarx")));
    TRY(lift(outer.finish("the end of the evidence")));
    if (technology == Technology::Sgx)
        TRY(read_sgx(fields, out));
    else
        TRY(read_snp(fields, out));
    TRY(add_lists(out, given, roots));
    return std::move(out.evidence);
}

} // namespace attest::csr
