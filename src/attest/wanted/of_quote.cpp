#include "attest/dcap/certification.hpp"
#include "attest/dcap/pck.hpp"
#include "attest/dcap/quote.hpp"
#include "attest/dcap/rules.hpp"
#include "attest/path.hpp"
#include "attest/text.hpp"
#include "attest/wanted/of_evidence.hpp"

#include <algorithm>

namespace attest::wanted {

namespace {

constexpr auto issuer_of_platforms = "Intel SGX PCK Platform CA";

Unusable unusable(std::string expected, std::string found) {
    return {
        .source = "quote", .offset = 0, .expected = std::move(expected), .found = std::move(found)
    };
}

// The first rule that did not hold.
Unusable reason(Judge&& judge) {
    for (auto const& finding : std::move(judge).finish())
        if (finding.outcome == Outcome::Failed)
            return {
                .source = "quote",
                .offset = finding.detail.place.offset.value_or(0),
                .expected = finding.detail.expected,
                .found = finding.detail.found,
            };
    return unusable("a whole quote", "other bytes");
}

std::vector<Wanted> of_platform(dcap::Pck const& pck, std::string const& issuer, dcap::Tee tee) {
    std::string const folder = tee == dcap::Tee::Tdx ? "/tdx" : "/sgx";
    std::string const authority = issuer == issuer_of_platforms ? "platform" : "processor";
    return {
        {.service = Service::IntelPcs,
         .target = folder + "/certification/v4/tcb?fmspc=" + hex(pck.fmspc),
         .what = PlatformTcb{.tee = tee, .fmspc = pck.fmspc},
         .chain_header = "tcb-info-issuer-chain"},
        {.service = Service::IntelPcs,
         .target = folder + "/certification/v4/qe/identity",
         .what = QuotingEnclave{.tee = tee},
         .chain_header = "sgx-enclave-identity-issuer-chain"},
        {.service = Service::IntelPcs,
         .target = "/sgx/certification/v4/pckcrl?ca=" + authority + "&encoding=der",
         .what = List{.issuer = issuer},
         .chain_header = "sgx-pck-crl-issuer-chain"},
        {.service = Service::IntelCertificates,
         .target = "/IntelSGXRootCA.der",
         .what = List{.issuer = "Intel SGX Root CA"}},
    };
}

} // namespace

Wishes of_quote(base::View bytes) {
    auto const policy = Policy::authentic();
    Judge judge{policy, dcap::rules::all_tdx, {ReportData::unbound(), Measurements::unbound()}};
    auto const quote = dcap::read_quote(judge, bytes);
    if (!quote) return std::unexpected(reason(std::move(judge)));
    auto const pool = dcap::read_certificates(judge, *quote);
    if (!pool) return std::unexpected(reason(std::move(judge)));
    auto const leaf = std::ranges::find_if(*pool, dcap::is_pck, [](Link const& link) -> auto& {
        return link.value;
    });
    if (leaf == pool->end())
        return std::unexpected(unusable(
            "a PCK certificate in the quote",
            "certification data of type " + std::to_string(quote->certification_type) +
                ": Intel gives PCK certificates to those who have registered; get it there"
        ));
    auto const pck = dcap::parse_pck(leaf->value);
    if (!pck)
        return std::unexpected(unusable(std::string{pck.error().what}, "another PCK certificate"));
    bool const tdx = std::holds_alternative<dcap::TdBody>(quote->body);
    return of_platform(
        *pck, shown_name(leaf->value.issuer()), tdx ? dcap::Tee::Tdx : dcap::Tee::Sgx
    );
}

} // namespace attest::wanted
