// AR4SI: an aspect is contraindicated where a rule of it failed, affirming where all passed, and
// left out where one was not judged.

#include "attest/result/trust_vector.hpp"
#include "attest/testing/cases.hpp"

#include <gtest/gtest.h>

namespace {

using namespace attest;
using namespace attest::testing;
using result::Aspect;
using result::overall;
using result::Tier;
using result::trust_vector;

TEST(TrustVector, EachKindThatAuthenticAcceptsIsAWarningForNotAllWasChecked) {
    for (auto const& of : positive_cases()) {
        SCOPED_TRACE(of.parts[0].name);
        auto const appraisal = of.trial().run(of.kind);
        auto const vector = trust_vector(appraisal);
        for (auto const tier : vector.tiers) EXPECT_NE(tier, Tier::Contraindicated);
        EXPECT_EQ(overall(appraisal, vector), Tier::Warning);
        EXPECT_EQ(vector.of(Aspect::Executables), Tier::None); // no measurement was asked for
        EXPECT_EQ(vector.of(Aspect::FileSystem), Tier::None);
    }
}

TEST(TrustVector, ARefusedMeasurementContraindicatesWhatRuns) {
    for (auto const& of : positive_cases()) {
        if (of.kind == Kind::EnarxRequest) continue;
        SCOPED_TRACE(of.parts[0].name);
        auto trial = of.trial();
        trial.expected.measurements = Measurements::any_of({std::vector(48, std::byte{9})});
        auto const appraisal = trial.run(of.kind);
        auto const vector = trust_vector(appraisal);
        EXPECT_EQ(vector.of(Aspect::Executables), Tier::Contraindicated);
        EXPECT_EQ(overall(appraisal, vector), Tier::Contraindicated);
        trial.policy = Policy::strict();
        trial.expected = unbound();
        auto const open = trial.run(of.kind);
        if (open.verdict() == Verdict::Undecided)
            EXPECT_EQ(overall(open, trust_vector(open)), Tier::None);
    }
}

TEST(TrustVector, TiersAndAspectsHaveTheNamesOfTheDraft) {
    EXPECT_EQ(result::name_of(Tier::None), "none");
    EXPECT_EQ(result::name_of(Tier::Affirming), "affirming");
    EXPECT_EQ(result::name_of(Tier::Warning), "warning");
    EXPECT_EQ(result::name_of(Tier::Contraindicated), "contraindicated");
    EXPECT_EQ(result::name_of(Aspect::SourcedData), "sourced-data");
}

} // namespace
