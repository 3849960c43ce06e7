#include "attest/dcap/certification.hpp"

#include "attest/dcap/ecdsa.hpp"
#include "attest/dcap/form_rules.hpp"
#include "attest/dcap/pck.hpp"
#include "attest/form.hpp"
#include "crypto/pem.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace attest::dcap {

namespace {

using enum hw::quote::CertificationType;

// A chain has three. Each may be tried as the issuer of each, before anything is verified.
constexpr std::size_t most_certificates = 32;

Place place(Quote const& quote, std::size_t offset) {
    return {
        .part = "quote",
        .offset = quote.certification_offset + offset,
        .field = "certification data",
    };
}

bool refuse(Judge& judge, Quote const& quote, crypto::Malformed const& why) {
    return judge.check(rules::certification_form, false, [&] {
        return malformed(why, quote.certification, "quote", quote.certification_offset);
    });
}

// Identifiers of the platform: PPID, CPUSVN, PCESVN, PCEID. The last one is missing in the first
// quotes of type 1.
bool judge_identifiers(Judge& judge, Quote const& quote) {
    auto const size = quote.certification.size();
    auto const type = hw::quote::CertificationType(quote.certification_type);
    bool const fits = (type == PpidPlain && (size == 34 || size == 36)) ||
                      (type == PpidRsa2048 && size == 276) || (type == PpidRsa3072 && size == 404);
    return judge.check(rules::certification_form, fits || type == PlatformManifest, [&] {
        return Detail{
            .expected = "36 bytes in type 1, 276 in type 2, 404 in type 3",
            .found = fmt::format("{} in type {}", size, quote.certification_type),
            .place = place(quote, 0),
        };
    });
}

// Whether the issuers of `leaf` are all there up to a self-issued one.
bool whole(Link const& leaf, std::span<Link const> pool) {
    auto const* last = &leaf;
    for (std::size_t steps = 0; steps < pool.size() && !last->value.self_issued(); ++steps) {
        auto const issuer = std::ranges::find_if(pool, [&](Link const& candidate) {
            return base::equal(candidate.value.subject(), last->value.issuer());
        });
        if (issuer == pool.end()) return false;
        last = &*issuer;
    }
    return last->value.self_issued();
}

void judge_chain(Judge& judge, Quote const& quote, std::span<Link const> pool) {
    if (hw::quote::CertificationType(quote.certification_type) != PckChain) {
        judge.not_applicable(rules::certification_chain, "the certification data hold no chain");
        return;
    }
    auto const leaf =
        std::ranges::find_if(pool, is_pck, [](Link const& link) -> auto& { return link.value; });
    judge.check(rules::certification_chain, leaf != pool.end() && whole(*leaf, pool), [&] {
        return Detail{
            .expected = "PCK certificate, issuer and root",
            .found = fmt::format("{} certificates that make no whole chain", pool.size()),
            .place = place(quote, 0),
        };
    });
}

Detail no_pck(Quote const& quote, std::size_t count) {
    if (count > 0)
        return {
            .expected = "one PCK certificate",
            .found = fmt::to_string(count),
            .place = place(quote, 0),
        };
    return {
        .expected = "the PCK certificate",
        .found = fmt::format("certification data of type {} alone", quote.certification_type),
        .place = place(quote, 0),
        .hint = "Get it from Intel by what the certification data say (PPID or its ciphertext, "
                "CPUSVN, PCESVN, PCEID) and give it: `enarx collateral fetch`.",
    };
}

} // namespace

std::optional<std::vector<Link>> read_certificates(Judge& judge, Quote const& quote) {
    auto const type = hw::quote::CertificationType(quote.certification_type);
    std::vector<Link> out;
    if (type != PckLeaf && type != PckChain) {
        if (!judge_identifiers(judge, quote)) return {};
        judge_chain(judge, quote, out);
        return out;
    }
    auto text = quote.certification;
    // Quoting libraries count the end of the C string that they copy.
    if (!text.empty() && text.back() == std::byte{0}) text = text.first(text.size() - 1);
    auto const blocks = crypto::parse_pem(text);
    if (!blocks) return refuse(judge, quote, blocks.error()), std::nullopt;
    if (blocks->size() > most_certificates)
        return refuse(
                   judge,
                   quote,
                   {.what = "at most 32 certificates",
                    .offset = (*blocks)[most_certificates].offset}
               ),
               std::nullopt;
    for (auto const& block : *blocks) {
        auto certificate = crypto::Certificate::parse(block.der);
        if (!certificate || block.label != "CERTIFICATE")
            return refuse(
                       judge,
                       quote,
                       {.what = certificate ? "a PEM block CERTIFICATE" : certificate.error().what,
                        .offset = block.offset}
                   ),
                   std::nullopt;
        out.push_back({std::move(*certificate), fmt::format("quote, PEM at {}", block.offset)});
    }
    bool const fits =
        judge.check(rules::certification_form, type == PckChain || out.size() == 1, [&] {
            return Detail{
                .expected = "one certificate in type 4",
                .found = fmt::to_string(out.size()),
                .place = place(quote, 0),
            };
        });
    if (!fits) return {};
    judge_chain(judge, quote, out);
    return out;
}

bool signed_quoting_enclave(Request const& request, Quote const& quote, Link const& pck) {
    auto const signature = der_signature(quote.qe.signature);
    return verify_signature(
        {quote.qe_report, crypto::SignatureAlgorithm::EcdsaSha256, signature},
        pck.value.public_key_info(),
        request.memo
    );
}

Link const*
find_pck(Judge& judge, Request const& request, Quote const& quote, std::span<Link const> pool) {
    Link const* found = nullptr;
    std::size_t count = 0;
    for (auto const& link : pool)
        if (is_pck(link.value)) {
            found = &link;
            ++count;
        }
    if (pool.empty())
        for (auto const& link : request.endorsements.certificates())
            if (is_pck(link.value) && signed_quoting_enclave(request, quote, link)) {
                found = &link;
                count = 1;
            }
    bool const one =
        judge.check(rules::pck_present, count == 1, [&] { return no_pck(quote, count); });
    return one ? found : nullptr;
}

} // namespace attest::dcap
