// The library's front door: verify().

#include "attest/testing/cases.hpp"
#include "attest/verify.hpp"

#include <thread>

#include <gtest/gtest.h>

namespace {

using namespace attest;
using namespace attest::testing;

TEST(Verify, BytesOfNoKindOfEvidenceHaveNoAppraisal) {
    Endorsements const none;
    auto const policy = Policy::strict();
    auto const expected = unbound();
    std::vector<std::byte> const noise(2000, std::byte{0x5a});
    for (auto const bytes : {base::View{}, base::View{noise}})
        EXPECT_FALSE(verify({
            .evidence = bytes,
            .endorsements = none,
            .roots = vendor_roots(),
            .policy = policy,
            .expected = expected,
            .at = {},
        }));
}

std::vector<std::pair<std::string_view, Outcome>> outcomes(Appraisal const& appraisal) {
    std::vector<std::pair<std::string_view, Outcome>> out;
    for (auto const& finding : appraisal.findings())
        out.emplace_back(finding.rule->id, finding.outcome);
    return out;
}

TEST(Verify, ThreadsThatShareEverythingComeToTheSameAnswerAsOneAlone) {
    constexpr std::size_t threads = 8;
    constexpr int rounds = 3;
    auto const expected = unbound();
    SignatureMemo memo;
    for (auto const& of : positive_cases()) {
        auto const trial = of.trial();
        Request const request{
            .evidence = trial.evidence,
            .endorsements = trial.endorsements,
            .roots = trial.roots,
            .policy = trial.policy,
            .expected = expected,
            .at = trial.at,
            .memo = &memo,
        };
        Request alone = request;
        alone.memo = nullptr;
        auto const wanted = outcomes(verify(alone).value());
        std::array<bool, threads> same{};
        {
            std::vector<std::jthread> running;
            for (auto& result : same)
                running.emplace_back([&] {
                    result = true;
                    for (int i = 0; i < rounds; ++i)
                        result = result && outcomes(verify(request).value()) == wanted;
                });
        }
        EXPECT_TRUE(std::ranges::all_of(same, std::identity{})) << of.parts[0].name;
    }
}

TEST(Verify, ClaimsNameMeasurementAndReportDataForEachKind) {
    for (auto const& of : positive_cases()) {
        SCOPED_TRACE(of.parts[0].name);
        auto trial = of.trial();
        auto const appraisal = trial.run(of.kind);
        ASSERT_NE(appraisal.claims(), nullptr) << explain(appraisal);
        auto const measurement = appraisal.claims()->measurement();
        auto const report_data = appraisal.claims()->report_data();
        ASSERT_FALSE(measurement.empty());
        // What the claims name is what the rules compare.
        trial.expected.measurements =
            Measurements::any_of({std::vector(measurement.begin(), measurement.end())});
        if (!report_data.empty()) trial.expected.report_data = ReportData::exactly(report_data);
        EXPECT_EQ(trial.run(of.kind).verdict(), Verdict::Accepted) << explain(trial.run(of.kind));
    }
}

} // namespace
