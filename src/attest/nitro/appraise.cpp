#include "attest/nitro/appraise.hpp"

#include "attest/chain.hpp"
#include "attest/compare.hpp"
#include "attest/cose/sign1.hpp"
#include "attest/form.hpp"
#include "attest/leftovers.hpp"
#include "attest/nitro/document.hpp"
#include "attest/nitro/rules.hpp"
#include "attest/text.hpp"
#include "base/cbor.hpp"

#include <fmt/format.h>

namespace attest::nitro {

namespace {

constexpr std::size_t largest = 64 * 1024; // AWS 3.1: 16 KiB of fields

constexpr ChainRules chain_rules{
    rules::chain_complete,
    rules::chain_root,
    rules::chain_authority,
    rules::chain_signature,
    rules::chain_validity
};

std::optional<cose::Sign1> judge_form(Judge& judge, base::View evidence) {
    if (!judge.check(rules::form, evidence.size() <= largest, [&] {
            return Detail{
                "at most 65536 bytes",
                fmt::to_string(evidence.size()),
                {"document", largest, "size"}
            };
        }))
        return {};
    auto sign1 = cose::Sign1::parse(evidence);
    if (!sign1) {
        judge.check(rules::form, false, [&] {
            return malformed(sign1.error(), evidence, "document");
        });
        return {};
    }
    bool const es384 = sign1->algorithm() == cose::Algorithm::Es384;
    if (!judge.check(rules::algorithm, es384, [&] {
            return Detail{
                "-35 (ES384)", fmt::to_string(sign1->algorithm_number()), {"document", 1, "alg"}
            };
        }))
        return {};
    return *sign1;
}

std::optional<Document> judge_payload(Judge& judge, cose::Sign1 const& sign1) {
    auto document = parse_document(sign1.payload());
    bool const ok = judge.check(rules::payload, document.has_value(), [&] {
        return malformed(document.error(), sign1.payload(), "document", sign1.payload_offset());
    });
    if (!ok) return {};
    return std::move(*document);
}

struct Certificates {
    Link leaf;
    std::vector<Link> bundle;
};

std::optional<Certificates>
judge_certificates(Judge& judge, base::View evidence, Document const& document) {
    bool ok = true;
    auto const parse = [&](base::View der, std::string const& name) -> std::optional<Link> {
        auto certificate = crypto::Certificate::parse(der);
        if (certificate) return Link{std::move(*certificate), name};
        ok = judge.check(rules::certificates, false, [&] {
            auto detail = malformed(certificate.error(), der, "document", offset_in(evidence, der));
            detail.place.field = name + ", " + detail.place.field;
            return detail;
        });
        return {};
    };
    auto leaf = parse(document.certificate, "certificate");
    std::vector<Link> bundle;
    for (std::size_t i = 0; i < document.cabundle.size(); ++i)
        if (auto link = parse(document.cabundle[i], fmt::format("cabundle[{}]", i)))
            bundle.push_back(std::move(*link));
    if (!leaf || !ok || bundle.size() != document.cabundle.size()) return {};
    auto const key = crypto::PublicKey::parse(leaf->value.public_key_info());
    bool const p384 = key && key->kind() == crypto::KeyKind::P384;
    if (!judge.check(rules::certificates, p384, [&] {
            return Detail{
                "a P-384 key",
                "another key",
                {"document", offset_in(evidence, document.certificate), "certificate"}
            };
        }))
        return {};
    return Certificates{std::move(*leaf), std::move(bundle)};
}

void judge_signature(Judge& judge, cose::Sign1 const& sign1, Link const& leaf) {
    auto const key = crypto::PublicKey::parse(leaf.value.public_key_info());
    judge.check(rules::signature, key && sign1.verified_by(*key), [&] {
        return Detail{
            "a signature by the key of the certificate inside",
            "one that does not verify",
            {"document", sign1.signature_offset(), "signature"}
        };
    });
}

void judge_time(Judge& judge, Request const& request, Document const& document, Link const& leaf) {
    auto const made = std::chrono::floor<std::chrono::seconds>(document.timestamp);
    bool const good = leaf.value.valid_at(made) && made <= request.at;
    judge.check(rules::time, good, [&] {
        return Detail{
            fmt::format(
                "from {} to {}, and not after {}",
                timestamp(leaf.value.not_before()),
                timestamp(leaf.value.not_after()),
                timestamp(request.at)
            ),
            timestamp(made),
            {"document", {}, "timestamp"}
        };
    });
}

void judge_expected(Judge& judge, Request const& request, Document const& document) {
    auto const pcr0 = document.pcrs.at(0);
    auto const pcr0_offset = offset_in(request.evidence, pcr0);
    judge.check(rules::debug, !debug_mode(document), [&] {
        return Detail{
            "a measured enclave", "zeros: a debug enclave", {"document", pcr0_offset, "pcrs[0..2]"}
        };
    });
    auto const data = document.nonce ? document.nonce : document.user_data;
    Place place{"document", {}, document.nonce ? "nonce" : "user_data"};
    if (data) place.offset = offset_in(request.evidence, *data);
    compare_report_data(
        judge,
        rules::report_data,
        {.value = data.value_or(base::View{}), .place = std::move(place), .padded = false}
    );
    compare_measurement(
        judge, rules::measurement, {.value = pcr0, .place = {"document", pcr0_offset, "pcrs[0]"}}
    );
}

std::vector<std::byte> copy(base::View bytes) { return {bytes.begin(), bytes.end()}; }

} // namespace

Claims claims_of(Document const& document) {
    Claims out{document.module_id, document.timestamp, {}, {}, {}, {}, debug_mode(document)};
    for (auto const& [index, value] : document.pcrs) out.pcrs.emplace(index, copy(value));
    if (document.public_key) out.public_key = copy(*document.public_key);
    if (document.user_data) out.user_data = copy(*document.user_data);
    if (document.nonce) out.nonce = copy(*document.nonce);
    return out;
}

std::optional<Claims> appraise(Judge& judge, Request const& request) {
    auto const sign1 = judge_form(judge, request.evidence);
    if (!sign1) return {};
    auto const document = judge_payload(judge, *sign1);
    if (!document) return {};
    auto const certificates = judge_certificates(judge, request.evidence, *document);
    if (!certificates) return {};
    auto const path = appraise_chain(
        judge, chain_rules, Purpose::Aws, request, certificates->leaf, certificates->bundle
    );
    judge_signature(judge, *sign1, certificates->leaf);
    judge_time(judge, request, *document, certificates->leaf);
    judge_expected(judge, request, *document);
    if (path.empty()) return {};
    appraise_leftovers(
        judge, request, {&path, 1}, Revocable::AuthoritiesOnly, certificates->bundle
    );
    return claims_of(*document);
}

namespace {

// The first key of the payload where that is a map: text in a document of Nitro, a number in tokens
// that are claims sets (RFC 8392), as those of PSA.
std::optional<base::cbor::Major> first_key(base::View evidence) {
    using base::cbor::Major;
    base::cbor::Reader in{evidence};
    if (auto const first = in.peek(); first && *first == Major::Tag && !in.tag()) return {};
    if (!in.array() || !in.bytes() || !in.skip()) return {};
    auto const payload = in.bytes();
    if (!payload) return {};
    base::cbor::Reader content{*payload};
    if (!content.map_of_any_length()) return {};
    auto const key = content.peek();
    return key ? std::optional{*key} : std::nullopt;
}

} // namespace

bool looks_like(base::View evidence) {
    // 84: an array of four; 40 to 57: a short byte string; a1 01: a map of one, the algorithm.
    auto const at = [&](std::size_t i) { return std::to_integer<unsigned>(evidence[i]); };
    if (evidence.size() < 5) return false;
    std::size_t const start = at(0) == 0xd2 ? 1 : 0;
    bool const sign1 = at(start) == 0x84 && at(start + 1) >> 5 == 2 && at(start + 2) == 0xa1 &&
                       at(start + 3) == 0x01;
    if (!sign1) return false;
    auto const key = first_key(evidence);
    return key != base::cbor::Major::Unsigned && key != base::cbor::Major::Negative;
}

} // namespace attest::nitro
