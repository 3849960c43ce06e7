#include "attest/dcap/appraise.hpp"

#include "attest/chain.hpp"
#include "attest/dcap/certification.hpp"
#include "attest/dcap/qe_rules.hpp"
#include "attest/dcap/rules.hpp"
#include "attest/dcap/sgx_body.hpp"
#include "attest/dcap/tcb_rules.hpp"
#include "attest/dcap/tdx_body.hpp"
#include "attest/form.hpp"
#include "attest/leftovers.hpp"
#include "attest/revocation.hpp"
#include "attest/text.hpp"
#include "crypto/name.hpp"

namespace attest::dcap {

namespace {

constexpr ChainRules chain_rules{
    .complete = rules::chain_complete,
    .root = rules::chain_root,
    .authority = rules::chain_authority,
    .signature = rules::chain_signature,
    .validity = rules::chain_validity,
};
constexpr RevocationRules revocation_rules{
    .present = rules::crl_present,
    .signature = rules::crl_signature,
    .fresh = rules::crl_fresh,
    .clean = rules::crl_clean,
};

constexpr std::size_t at_qe_report_data = offsetof(hw::sgx::ReportBody, report_data);

void judge_signature(Judge& judge, Quote const& quote) {
    auto const key =
        crypto::PublicKey::from_point(crypto::KeyKind::P256, quote.head.attestation_key);
    base::View const signature{quote.head.signature};
    bool const good = key && key->verify(
                                 crypto::Hash::Sha256,
                                 quote.signed_part,
                                 crypto::EcdsaSignature{signature.first(32), signature.subspan(32)}
                             );
    judge.check(rules::signature, good, [&] {
        return Detail{
            .expected = "a signature by the attestation key",
            .found = key ? "one that does not verify" : "a key that is no point of the curve",
            .place = {.part = "quote", .offset = quote.signature_offset, .field = "ISV signature"},
        };
    });
}

// The quoting enclave vouches for the attestation key.
void judge_binding(Judge& judge, Quote const& quote) {
    auto const digest =
        crypto::Sha256{}.add(quote.head.attestation_key).add(quote.qe_authentication).digest();
    base::View const found{quote.qe.report.report_data};
    bool const bound = base::equal(found.first(digest.size()), digest) &&
                       base::all_zero(found.subspan(digest.size()));
    judge.check(rules::qe_binding, bound, [&] {
        return Detail{
            .expected = hex(digest) + " and zeros",
            .found = hex(found),
            .place = {
                .part = "quote",
                .offset = quote.qe_offset + at_qe_report_data,
                .field = "QE report REPORTDATA"
            },
        };
    });
}

void judge_qe_signature(Judge& judge, Request const& request, Quote const& quote, Link const& pck) {
    judge.check(rules::qe_signature, signed_quoting_enclave(request, quote, pck), [&] {
        return Detail{
            .expected = "signed by the PCK",
            .found = "a signature that does not verify under the key of " + pck.source,
            .place = {
                .part = "quote",
                .offset = quote.qe_offset + sizeof(hw::sgx::ReportBody),
                .field = "QE report signature"
            },
        };
    });
}

std::optional<Pck> judge_pck(Judge& judge, Link const& link) {
    auto pck = parse_pck(link.value);
    auto const key = crypto::PublicKey::parse(link.value.public_key_info());
    bool const p256 = key && key->kind() == crypto::KeyKind::P256;
    auto const issuer = crypto::common_name(link.value.issuer()).value_or("none");
    judge.check(
        rules::pck_issuer,
        issuer == "Intel SGX PCK Platform CA" || issuer == "Intel SGX PCK Processor CA",
        [&] {
            return Detail{
                .expected = "Intel SGX PCK Platform CA or Intel SGX PCK Processor CA",
                .found = std::string(issuer),
                .place = {.part = link.source, .field = "issuer"},
            };
        }
    );
    bool const good = judge.check(rules::pck_profile, pck && p256, [&] {
        if (pck)
            return Detail{
                .expected = "a P-256 key",
                .found = "another key",
                .place = {.part = link.source, .field = "subjectPublicKeyInfo"},
            };
        return Detail{
            .expected = std::string(pck.error().what),
            .found = "another or none",
            .place = {
                .part = link.source,
                .offset = pck.error().offset,
                .field = std::string(field_named(pck.error().what))
            },
        };
    });
    if (!good || !pck) return {};
    return *pck;
}

void judge_reserved(Judge& judge, Quote const& quote) {
    auto const& header = quote.header;
    bool zero = header.version == 3U || (header.qe_svn == 0U && header.pce_svn == 0U);
    if (auto const* report = std::get_if<hw::sgx::ReportBody>(&quote.body))
        zero = zero && reserved_zero(*report);
    judge.check(rules::reserved, zero, [] {
        return Detail{
            .expected = "zeros in all reserved fields",
            .found = "other values: a quote of a kind newer than this rule",
            .place = {.part = "quote"},
        };
    });
}

void judge_body(Judge& judge, Quote const& quote) {
    judge_reserved(judge, quote);
    if (auto const* td = std::get_if<TdBody>(&quote.body))
        judge_domain(judge, *td, quote.body_offset);
    else
        judge_enclave(judge, std::get<hw::sgx::ReportBody>(quote.body), quote.body_offset);
}

Request with_memo(Request const& request, SignatureMemo& own) {
    auto out = request;
    if (!out.memo) out.memo = &own;
    return out;
}

} // namespace

std::optional<Claims> appraise(Judge& judge, Request const& asked) {
    auto const quote = read_quote(judge, asked.evidence);
    if (!quote) return {};
    judge_signature(judge, *quote);
    judge_binding(judge, *quote);
    // One certificate and one list are met several times.
    SignatureMemo own;
    auto const request = with_memo(asked, own);
    auto const pool = read_certificates(judge, *quote);
    if (!pool) return {};
    auto const tee = std::holds_alternative<TdBody>(quote->body) ? Tee::Tdx : Tee::Sgx;
    auto const* const link = find_pck(judge, request, *quote, *pool);
    if (!link) {
        // Without the platform's certificate there is still something to say of quoting enclave
        // and body.
        judge_quoting_enclave(judge, *quote, tee, nullptr);
        return {};
    }
    judge_qe_signature(judge, request, *quote, *link);
    std::vector<Path> paths;
    if (auto path = appraise_chain(judge, chain_rules, Purpose::Intel, request, *link, *pool);
        !path.empty())
        paths.push_back(std::move(path));
    auto const pck = judge_pck(judge, *link);
    if (!pck) return {};
    auto const documents = judge_documents(judge, request, tee, *pck, *pool, paths);
    for (auto const& path : paths)
        appraise_revocation(judge, revocation_rules, request, path, Revocable::All);
    appraise_leftovers(judge, request, paths, Revocable::All, *pool);
    auto tcb = judge_tcb(judge, *quote, *pck, documents);
    judge_platform(judge, *pck);
    judge_body(judge, *quote);
    return Claims{
        .header = quote->header,
        .body = quote->body,
        .quoting_enclave = quote->qe.report,
        .pck = *pck,
        .tcb = std::move(tcb),
    };
}

} // namespace attest::dcap
