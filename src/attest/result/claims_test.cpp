#include "attest/result/claims.hpp"
#include "attest/testing/cases.hpp"
#include "attest/text.hpp"

#include <set>

#include <gtest/gtest.h>

namespace {

using namespace attest;
using namespace attest::testing;

TEST(ClaimsJson, HoldsMeasurementAndReportDataOfEachKindUnderSomeName) {
    std::set<Kind> kinds;
    for (auto const& of : positive_cases()) {
        SCOPED_TRACE(of.parts[0].name);
        auto const appraisal = of.trial().run(of.kind);
        auto const text = result::claims_json(appraisal).dump();
        auto const& claims = *appraisal.claims();
        EXPECT_TRUE(text.contains(hex(claims.measurement()))) << text;
        EXPECT_TRUE(text.contains(hex(claims.report_data()))) << text;
        kinds.insert(of.kind);
    }
    EXPECT_EQ(kinds.size(), 6U);
}

TEST(ClaimsJson, IsNullWhereNothingWasAccepted) {
    for (auto const& of : positive_cases()) {
        auto trial = of.trial();
        trial.evidence[trial.evidence.size() / 2] ^= std::byte{1};
        auto const appraisal = trial.run(of.kind);
        if (appraisal.verdict() != Verdict::Accepted)
            EXPECT_TRUE(result::claims_json(appraisal).is_null()) << of.parts[0].name;
    }
}

} // namespace
