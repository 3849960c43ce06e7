#include "attest/common_rules.hpp"
#include "attest/compare.hpp"
#include "attest/testing/appraise.hpp"

#include <gtest/gtest.h>

namespace {

using namespace attest;
using attest::testing::unbound;

constexpr Rule always{"test.always", "", "", Level::Always};
constexpr Rule authentic{"test.authentic", "", "", Level::Authentic};
constexpr Rule strict{"test.strict", "", "", Level::Strict};
constexpr Rule asked{"test.asked", "", "", Level::Asked};
constexpr std::array all{&always, &authentic, &strict, &asked};

Detail wrong() { return {"right", "wrong"}; }

Outcome outcome(std::vector<Finding> const& findings, Rule const& rule) {
    for (auto const& finding : findings)
        if (finding.rule == &rule) return finding.outcome;
    ADD_FAILURE() << "no finding for " << rule.id;
    return Outcome::Passed;
}

std::vector<Finding> fail_all(Policy const& policy) {
    Judge judge{policy, all, unbound()};
    for (auto const* rule : all) judge.check(*rule, false, wrong);
    return std::move(judge).finish();
}

TEST(Judge, ARuleThatNobodyLookedAtIsUndecided) {
    auto const policy = Policy::authentic();
    auto const findings = Judge{policy, all, unbound()}.finish();
    for (auto const* rule : all) EXPECT_EQ(outcome(findings, *rule), Outcome::Undecided);
    EXPECT_EQ(outcome(findings, rules::expectations_compared), Outcome::Passed);
}

TEST(Judge, ThePolicyTellsWhichFailuresCountAndTheOthersAreShownAsOff) {
    auto const lenient = fail_all(Policy::authentic());
    EXPECT_EQ(outcome(lenient, always), Outcome::Failed);
    EXPECT_EQ(outcome(lenient, authentic), Outcome::Failed);
    EXPECT_EQ(outcome(lenient, strict), Outcome::Off);
    EXPECT_EQ(outcome(lenient, asked), Outcome::Off);
    auto const severe = fail_all(Policy::strict());
    EXPECT_EQ(outcome(severe, strict), Outcome::Failed);
    EXPECT_EQ(outcome(severe, asked), Outcome::Off);
}

TEST(Judge, AnOverrideTurnsARuleOnOrOffButNeverOneWithoutWhichTheBytesMeanNothing) {
    auto policy = Policy::strict();
    policy.set(always, false);
    policy.set(authentic, false);
    policy.set(asked, true);
    auto const findings = fail_all(policy);
    EXPECT_EQ(outcome(findings, always), Outcome::Failed);
    EXPECT_EQ(outcome(findings, authentic), Outcome::Off);
    EXPECT_EQ(outcome(findings, asked), Outcome::Failed);
}

TEST(Judge, AValueThatTheUserGaveIsComparedUnderEveryPolicy) {
    auto policy = Policy::authentic();
    policy.set(strict, false);
    Judge judge{policy, all, unbound()};
    EXPECT_FALSE(judge.demand(strict, false, wrong));
    EXPECT_TRUE(judge.failed());
}

TEST(Judge, ARuleThatIsOnWithoutItsValueIsUndecided) {
    auto policy = Policy::authentic();
    policy.set(asked, true);
    Judge judge{policy, all, unbound()};
    judge.not_asked(asked);
    EXPECT_EQ(outcome(std::move(judge).finish(), asked), Outcome::Undecided);
}

TEST(Judge, AnExpectationThatNoRuleComparedIsUndecidedUnderEveryPolicy) {
    std::vector<std::byte> const value(48, std::byte{1});
    std::array const expectations{
        Expected{ReportData::exactly(value), Measurements::unbound()},
        Expected{ReportData::unbound(), Measurements::any_of({value})},
        Expected{ReportData::unbound(), Measurements::any_of({})},
    };
    for (auto const& policy : {Policy::authentic(), Policy::strict()})
        for (auto const& expected : expectations) {
            Judge judge{policy, all, expected};
            for (auto const* rule : all) judge.check(*rule, true, wrong);
            auto const findings = std::move(judge).finish();
            EXPECT_EQ(outcome(findings, rules::expectations_compared), Outcome::Undecided);
            EXPECT_EQ(verdict_of(findings), Verdict::Undecided);
        }
}

TEST(Judge, AnExpectationIsHandedOutOnceAndTheRuleThatTookItHasToAnswer) {
    auto const policy = Policy::authentic();
    std::vector<std::byte> const value(48, std::byte{1});
    Expected const expected{ReportData::exactly(value), Measurements::any_of({value})};
    Judge judge{policy, all, expected};
    EXPECT_EQ(judge.take_report_data(asked), value);
    EXPECT_FALSE(judge.take_report_data(strict));
    EXPECT_TRUE(judge.take_measurements(asked));
    EXPECT_FALSE(judge.take_measurements(strict));
    judge.undecided(asked, wrong());  // off under this policy: no answer
    judge.check(strict, true, wrong); // of a rule that has not the value
    EXPECT_EQ(outcome(std::move(judge).finish(), rules::expectations_compared), Outcome::Undecided);
}

// LESSONS rows 2 and 3: a nonce that is received and not compared; an empty expectation that skips
// the check.
TEST(Compare, EveryBitOfReportDataCounts) {
    auto const policy = Policy::strict();
    std::array<std::byte, 64> data{std::byte{7}};
    auto const expected = ReportData::exactly(data);
    for (std::size_t bit = 0; bit < 8 * data.size(); ++bit) {
        data[bit / 8] ^= std::byte(1U << bit % 8);
        Judge judge{policy, all, {expected, Measurements::unbound()}};
        compare_report_data(judge, strict, {data, {}});
        EXPECT_TRUE(judge.failed()) << bit;
        data[bit / 8] ^= std::byte(1U << bit % 8);
    }
    Judge judge{policy, all, {expected, Measurements::unbound()}};
    compare_report_data(judge, strict, {data, {}});
    EXPECT_EQ(outcome(std::move(judge).finish(), strict), Outcome::Passed);
}

TEST(Compare, EmptyReportDataNeverMatchesAndNoneLeavesStrictUndecided) {
    auto const policy = Policy::strict();
    std::array<std::byte, 64> const data{};
    Judge empty{policy, all, {ReportData::exactly({}), Measurements::unbound()}};
    compare_report_data(empty, strict, {data, {}});
    EXPECT_TRUE(empty.failed());
    Judge none{policy, all, unbound()};
    compare_report_data(none, strict, {data, {}});
    EXPECT_EQ(outcome(std::move(none).finish(), strict), Outcome::Undecided);
}

TEST(Compare, ShorterReportDataMustBeFollowedByZeros) {
    auto const policy = Policy::strict();
    std::array<std::byte, 64> data{std::byte{1}, std::byte{2}};
    auto const expected = ReportData::exactly(base::View{data}.first(2));
    Judge padded{policy, all, {expected, Measurements::unbound()}};
    compare_report_data(padded, strict, {data, {}});
    EXPECT_FALSE(padded.failed());
    data[63] = std::byte{1};
    Judge followed{policy, all, {expected, Measurements::unbound()}};
    compare_report_data(followed, strict, {data, {}});
    EXPECT_TRUE(followed.failed());
}

TEST(Compare, AMeasurementHasToBeOneOfThoseThatWereGivenAndAnEmptyListAllowsNone) {
    auto const policy = Policy::authentic();
    std::vector<std::byte> const good(48, std::byte{1});
    std::vector<std::byte> const other(48, std::byte{2});
    auto const fails = [&](Measurements const& expected) {
        Judge judge{policy, all, {ReportData::unbound(), expected}};
        compare_measurement(judge, strict, {good, {}});
        return judge.failed();
    };
    EXPECT_FALSE(fails(Measurements::any_of({other, good})));
    EXPECT_TRUE(fails(Measurements::any_of({other})));
    EXPECT_TRUE(fails(Measurements::any_of({})));
    EXPECT_TRUE(fails(Measurements::any_of({{good.begin(), good.begin() + 47}})));
}

} // namespace
