// Whatever the bytes: a report is judged without a leaf and never accepted, and the endorsements
// that it needs are named.

#include "attest/appraisal.hpp"
#include "attest/wanted/wanted.hpp"

#include <array>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace attest;
    static auto const roots = Roots::builtin();
    static auto const policy = Policy::authentic();
    static Expected const expected{ReportData::unbound(), Measurements::unbound()};
    static Endorsements const none;
    // Safety: std::byte may alias any object.
    base::View const evidence{reinterpret_cast<std::byte const*>(data), size};
    auto const appraisal = appraise(
        Kind::SnpReport,
        {.evidence = evidence,
         .endorsements = none,
         .roots = roots,
         .policy = policy,
         .expected = expected,
         .at = std::chrono::sys_days(std::chrono::year(2024) / 6 / 1)}
    );
    if (appraisal.verdict() == Verdict::Accepted || appraisal.claims() != nullptr) __builtin_trap();
    for (auto const& finding : appraisal.findings())
        if (finding.detail.place.offset.value_or(0) > sizeof(hw::snp::AttestationReport))
            __builtin_trap();

    // Of version 2, which does not tell its product: any of them, as the last byte has it.
    constexpr std::array products{
        hw::snp::Product::Milan, hw::snp::Product::Genoa, hw::snp::Product::Turin
    };
    if (!evidence.empty())
        (void)wanted::endorsements_for(
            evidence, products[std::to_integer<std::size_t>(evidence.back()) % products.size()]
        );
    return 0;
}
