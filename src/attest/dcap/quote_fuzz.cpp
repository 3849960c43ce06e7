// Whatever the bytes: a quote is appraised to an answer, never accepted without a signature.

#include "attest/appraisal.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace attest;
    static auto const roots = Roots::builtin();
    static auto const policy = Policy::strict();
    static Expected const expected{ReportData::unbound(), Measurements::unbound()};
    static Endorsements const none;
    // Safety: std::byte may alias any object.
    base::View const evidence{reinterpret_cast<std::byte const*>(data), size};
    auto const kind = recognise(evidence);
    if (!kind) return 0;
    auto const appraisal = appraise(
        *kind,
        {.evidence = evidence,
         .endorsements = none,
         .roots = roots,
         .policy = policy,
         .expected = expected,
         .at = std::chrono::sys_days(std::chrono::year(2024) / 6 / 1)}
    );
    // Without report data to compare with nothing satisfies `strict`.
    if (appraisal.verdict() == Verdict::Accepted) __builtin_trap();
    return 0;
}
