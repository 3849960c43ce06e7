// Evidence without hardware convinces nobody; what it says is compared all the same for those who
// ask.

#include "attest/application.hpp"
#include "attest/none/examine.hpp"
#include "attest/testing/appraise.hpp"
#include "attest/text.hpp"

#include <algorithm>
#include <type_traits>

#include <gtest/gtest.h>

namespace {

using namespace attest;
using none::examine;
using none::Wanted;
using protocol::evidence::NoHardware;
using Bytes = std::vector<std::byte>;

protocol::evidence::UserData user_data(std::string_view text) {
    return *protocol::evidence::UserData::of(base::view_of(text));
}

template <std::size_t N> base::Bytes<N> filled(int value) {
    base::Bytes<N> out{};
    out.fill(std::byte(value));
    return out;
}

NoHardware claims() {
    NoHardware out{
        .application =
            {.workload = filled<32>(1),
             .configuration = filled<32>(2),
             .user_data = user_data("fingerprint")},
        .measurement = {}
    };
    out.report_data = report_data_of(out.application);
    return out;
}

NoHardware measured() {
    auto out = claims();
    out.measurement = filled<48>(3);
    return out;
}

Bytes evidence(NoHardware const& of = claims()) {
    auto const encoded = protocol::evidence::encode(of);
    return {encoded.view().begin(), encoded.view().end()};
}

Wanted wanted() {
    return {
        .workload = filled<32>(1),
        .configuration = filled<32>(2),
        .user_data = user_data("fingerprint")
    };
}

Measurements only(base::View value) {
    return Measurements::any_of({Bytes{value.begin(), value.end()}});
}

Outcome outcome_of(none::Examination const& examination, std::string_view rule) {
    auto const found = std::ranges::find(examination.findings(), rule, [](Finding const& finding) {
        return finding.rule->id;
    });
    return found == examination.findings().end() ? Outcome::NotApplicable : found->outcome;
}

none::Examination strict(Bytes const& bytes, Wanted const& wanted) {
    auto out = examine(bytes, Policy::strict(), wanted);
    attest::testing::record(out.findings());
    return out;
}

TEST(NoHardware, IsRecognisedFromItsBytes) {
    EXPECT_EQ(recognise(evidence()), Kind::NoHardware);
    EXPECT_EQ(recognise(evidence(measured())), Kind::NoHardware);
    EXPECT_EQ(recognise(Bytes{std::byte{0xd9}, std::byte{2}, std::byte{0x59}}), Kind::NoHardware);
}

TEST(NoHardware, IsRefusedByEveryPolicyWhateverIsExpected) {
    auto const good = claims();
    for (auto policy : {Policy::authentic(), Policy::strict()}) {
        for (auto const* rule : rules_for(Kind::NoHardware)) policy.set(*rule, false);
        attest::testing::Trial trial{.evidence = evidence(), .endorsements = {}, .policy = policy};
        trial.expected.report_data = ReportData::exactly(good.report_data);
        auto const appraisal = trial.run(Kind::NoHardware);
        EXPECT_EQ(appraisal.verdict(), Verdict::Refused);
        EXPECT_TRUE(attest::testing::failed(appraisal, "none.hardware"));
        EXPECT_EQ(appraisal.claims(), nullptr);
    }
}

TEST(NoHardware, IsNoEvidenceOfAnyOtherKind) {
    for (auto const kind : all_kinds()) {
        attest::testing::Trial const trial{.evidence = evidence(), .endorsements = {}};
        auto const appraisal = trial.run(kind);
        EXPECT_NE(appraisal.verdict(), Verdict::Accepted) << name_of(kind);
        EXPECT_EQ(appraisal.claims(), nullptr);
    }
}

TEST(NoHardware, HasAStatementThatIsNoClaims) {
    static_assert(!std::is_constructible_v<Claims, none::Statement>);
    static_assert(!std::is_constructible_v<Claims::Value, none::Statement>);
    static_assert(!std::is_constructible_v<Claims::Value, NoHardware>);
    static_assert(!std::is_constructible_v<none::Statement, NoHardware>);
}

TEST(Examination, StatesWhatIsAsExpected) {
    auto const examination = strict(evidence(), wanted());
    EXPECT_EQ(examination.verdict(), Verdict::Accepted);
    EXPECT_EQ(outcome_of(examination, "none.hardware"), Outcome::Off);
    EXPECT_EQ(outcome_of(examination, "none.report-data"), Outcome::Passed);
    EXPECT_EQ(outcome_of(examination, "none.measurement"), Outcome::NotApplicable);
    ASSERT_TRUE(examination.statement());
    EXPECT_EQ(examination.statement()->value(), claims());
}

TEST(Examination, OfMeasuredEvidenceComparesTheMeasurement) {
    auto want = wanted();
    EXPECT_EQ(strict(evidence(measured()), want).verdict(), Verdict::Undecided);
    want.measurements = only(filled<48>(3));
    EXPECT_EQ(strict(evidence(measured()), want).verdict(), Verdict::Accepted);
    want.measurements = only(filled<48>(4));
    EXPECT_EQ(outcome_of(strict(evidence(measured()), want), "none.measurement"), Outcome::Failed);
    EXPECT_EQ(outcome_of(strict(evidence(), want), "none.measurement"), Outcome::Failed);
}

TEST(Examination, RefusesWhatIsNotAsExpectedByItsRule) {
    auto want = wanted();
    want.workload = filled<32>(9);
    EXPECT_EQ(outcome_of(strict(evidence(), want), "none.workload"), Outcome::Failed);
    want = wanted();
    want.configuration = filled<32>(9);
    EXPECT_EQ(outcome_of(strict(evidence(), want), "none.configuration"), Outcome::Failed);
    want = wanted();
    want.user_data = user_data("fingerprint2");
    EXPECT_EQ(outcome_of(strict(evidence(), want), "none.user-data"), Outcome::Failed);
    want = {.report_data = ReportData::exactly(filled<64>(9))};
    auto const examination = strict(evidence(), want);
    EXPECT_EQ(outcome_of(examination, "none.report-data"), Outcome::Failed);
    EXPECT_EQ(examination.verdict(), Verdict::Refused);
    EXPECT_FALSE(examination.statement());
}

TEST(Examination, RefusesReportDataOfOtherClaims) {
    auto forged = claims();
    forged.application.user_data = user_data("another");
    auto const examination = strict(evidence(forged), {});
    EXPECT_EQ(outcome_of(examination, "none.binding"), Outcome::Failed);
    EXPECT_EQ(examination.verdict(), Verdict::Refused);
}

TEST(Examination, WithoutAnythingToCompareWithIsUndecidedIfStrict) {
    EXPECT_EQ(strict(evidence(), {}).verdict(), Verdict::Undecided);
    EXPECT_EQ(examine(evidence(), Policy::authentic(), {}).verdict(), Verdict::Accepted);
}

TEST(Examination, TakesReportDataInThePlaceOfTheirParts) {
    auto const bound = claims().report_data;
    EXPECT_EQ(
        strict(evidence(), {.report_data = ReportData::exactly(bound)}).verdict(), Verdict::Accepted
    );
    auto parts = wanted();
    parts.configuration.reset();
    EXPECT_EQ(strict(evidence(), parts).verdict(), Verdict::Undecided);
}

TEST(Examination, RefusesEveryTruncationAndTrailingBytes) {
    auto const good = evidence(measured());
    for (std::size_t size = 0; size < good.size(); ++size) {
        Bytes const cut{good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size)};
        EXPECT_EQ(strict(cut, wanted()).verdict(), Verdict::Refused) << size;
    }
    auto longer = good;
    longer.push_back({});
    EXPECT_EQ(outcome_of(strict(longer, wanted()), "none.form"), Outcome::Failed);
}

TEST(Examination, RefusesEveryFlippedBitWhereAllIsExpected) {
    auto const good = evidence();
    for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
        auto flipped = good;
        flipped[bit / 8] ^= std::byte(1U << (bit % 8));
        EXPECT_EQ(strict(flipped, wanted()).verdict(), Verdict::Refused) << bit;
    }
}

// ---- of the Keep for itself ----

Bytes bound_evidence(std::string_view purpose = "enarx/v1/provision") {
    auto const binding = base::view_of("a binding");
    return encode(
        protocol::evidence::NoHardwareBound{
            .purpose = purpose,
            .binding = binding,
            .measurement = filled<48>(3),
            .report_data = crypto::sha512(base::view_of("enarx/v1/provisiona binding")),
        }
    );
}

none::Wanted wanted_bound() {
    return {
        .report_data =
            ReportData::exactly(crypto::sha512(base::view_of("enarx/v1/provisiona binding"))),
        .measurements = only(filled<48>(3)),
    };
}

TEST(Examination, OfAKeepForItselfComparesReportDataAndMeasurementAndStatesNothingOfAnApplication) {
    EXPECT_EQ(recognise(bound_evidence()), Kind::NoHardware);
    auto const examination = strict(bound_evidence(), wanted_bound());
    EXPECT_EQ(examination.verdict(), Verdict::Accepted);
    EXPECT_EQ(outcome_of(examination, "none.hardware"), Outcome::Off);
    EXPECT_FALSE(examination.statement());
    attest::testing::Trial const trial{.evidence = bound_evidence(), .endorsements = {}};
    EXPECT_EQ(trial.run(Kind::NoHardware).verdict(), Verdict::Refused);
}

TEST(Examination, OfAKeepForItselfRefusesWhatItDoesNotSay) {
    auto want = wanted_bound();
    want.report_data = ReportData::exactly(filled<64>(9));
    EXPECT_EQ(outcome_of(strict(bound_evidence(), want), "none.report-data"), Outcome::Failed);
    want = wanted_bound();
    want.measurements = only(filled<48>(4));
    EXPECT_EQ(outcome_of(strict(bound_evidence(), want), "none.measurement"), Outcome::Failed);
    want = wanted_bound();
    want.workload = filled<32>(1);
    EXPECT_EQ(outcome_of(strict(bound_evidence(), want), "none.workload"), Outcome::Failed);
    // A purpose that is not in the report data.
    auto const other = strict(bound_evidence("enarx/v1/ready"), wanted_bound());
    EXPECT_EQ(outcome_of(other, "none.binding"), Outcome::Failed);
}

// The expected digest is that of sha512sum.
TEST(ReportData, AreTheDigestOfPurposeDigestsLengthAndUserData) {
    EXPECT_EQ(
        hex(report_data_of(claims().application)),
        "45f26f5b622ba2a39f9d3423fffd4f45d859693d13dc7cf3b7bb2e06d9aeeb91"
        "368a2569733e60158698065197f31aecd2b508f17dfa411d64bb0bd43a4df2d3"
    );
}

} // namespace
