// Evidence of every kind, with each expectation given alone, right and wrong: accepted only where a
// rule of that expectation has passed. And every kind ends its chain at roots of its own vendor.

#include "attest/testing/cases.hpp"
#include "attest/verify.hpp"
#include "protocol/evidence/evidence.hpp"

#include <gtest/gtest.h>

namespace {

using namespace attest;
using namespace attest::testing;
using Bytes = std::vector<std::byte>;

Bytes copy(base::View bytes) { return {bytes.begin(), bytes.end()}; }

Bytes changed(Bytes bytes) {
    bytes.back() ^= std::byte{1};
    return bytes;
}

// Rules that compare report data or measurements end alike in all technologies.
bool passed(Appraisal const& appraisal, std::string_view end) {
    return std::ranges::any_of(appraisal.findings(), [&](Finding const& finding) {
        return finding.outcome == Outcome::Passed && finding.rule->id.ends_with(end);
    });
}

// What is expected, whether it is right, and how the rule that compares it ends.
struct Expectation {
    Expected expected;
    bool right;
    std::string_view rule;
};

std::vector<Expectation> expectations(Bytes const& data, Bytes const& measurement) {
    auto const nothing = ReportData::unbound();
    auto const any = Measurements::unbound();
    std::vector<Expectation> out{
        {{nothing, Measurements::any_of({measurement})}, true, "measurement"},
        {{nothing, Measurements::any_of({changed(measurement)})}, false, "measurement"},
        {{nothing, Measurements::any_of({})}, false, "measurement"},
        {{ReportData::exactly(Bytes(64, std::byte{0x5a})), any}, false, "report-data"},
        {{ReportData::exactly({}), any}, false, "report-data"},
    };
    if (data.empty()) return out;
    out.push_back({{ReportData::exactly(data), any}, true, "report-data"});
    out.push_back({{ReportData::exactly(changed(data)), any}, false, "report-data"});
    return out;
}

TEST(Expectations, EachAloneIsMetOnlyByARuleThatComparedItWhateverTheKindOfEvidence) {
    std::map<Kind, int> tried;
    for (auto const& of : positive_cases()) {
        SCOPED_TRACE(of.parts[0].name);
        auto trial = of.trial();
        auto const good = trial.run(of.kind);
        ASSERT_NE(good.claims(), nullptr) << explain(good);
        auto const measurement = copy(good.claims()->measurement());
        ASSERT_FALSE(measurement.empty());
        for (auto const& [expected, right, rule] :
             expectations(copy(good.claims()->report_data()), measurement)) {
            trial.expected = expected;
            auto const appraisal = trial.run(of.kind);
            EXPECT_EQ(appraisal.verdict(), right ? Verdict::Accepted : Verdict::Refused)
                << rule << "\n"
                << explain(appraisal);
            EXPECT_EQ(passed(appraisal, rule), right);
            ++tried[of.kind];
        }
    }
    for (auto const kind : all_kinds())
        if (kind != Kind::NoHardware) EXPECT_GT(tried[kind], 0) << name_of(kind);
}

TEST(Expectations, EachKindOfEvidenceHasTheRulesOnItsKindAndOnWhatIsExpected) {
    for (auto const kind : all_kinds())
        for (auto const* rule : {"evidence.kind", "evidence.expectations"}) {
            auto const rules = rules_for(kind);
            EXPECT_NE(std::ranges::find(rules, rule, &Rule::id), rules.end()) << name_of(kind);
        }
}

TEST(Kinds, EvidenceOfAnyOtherKindThanThoseAcceptedIsRefusedForThatAlone) {
    for (auto const& of : positive_cases()) {
        SCOPED_TRACE(of.parts[0].name);
        auto const trial = of.trial();
        for (auto const kind : all_kinds()) {
            auto request = trial.request();
            request.kinds = {kind};
            auto const appraisal = verify(request);
            ASSERT_TRUE(appraisal);
            bool const same = kind == of.kind;
            EXPECT_EQ(appraisal->verdict(), same ? Verdict::Accepted : Verdict::Refused);
            EXPECT_EQ(failed(*appraisal, "evidence.kind"), !same);
        }
    }
}

// Without a default: who adds a kind says whose roots it is for.
Purposes vendor_of(Kind kind, std::string const& path) {
    switch (kind) {
    case Kind::SnpReport:
        return amd_purposes;
    case Kind::SgxQuote:
    case Kind::TdxQuote:
        return {Purpose::Intel};
    case Kind::NitroDocument:
        return {Purpose::Aws};
    case Kind::CcaToken:
        return {Purpose::Arm};
    case Kind::EnarxRequest:
        return path.starts_with("snp/") ? amd_purposes : Purposes{Purpose::Intel};
    case Kind::NoHardware:
        break;
    }
    return {};
}

// The vendors' own certificates, registered for one purpose: only for that is anything accepted.
TEST(Purposes, ARootThatIsPinnedForAnythingElseEndsNoChain) {
    auto const builtin = Roots::builtin();
    std::vector<Sourced<crypto::Certificate>> const all{builtin.all().begin(), builtin.all().end()};
    for (auto const& of : positive_cases()) {
        SCOPED_TRACE(of.parts[0].name);
        auto const right = vendor_of(of.kind, of.parts[0].name);
        EXPECT_EQ(purposes_of(of.kind, of.parts[0].bytes), right);
        int accepted = 0;
        for (auto const purpose : all_purposes) {
            auto trial = of.trial();
            trial.roots = Roots::only(all, {purpose});
            auto const appraisal = trial.run(of.kind);
            EXPECT_TRUE(appraisal.verdict() != Verdict::Accepted || right.contains(purpose))
                << name_of(purpose);
            accepted += appraisal.verdict() == Verdict::Accepted ? 1 : 0;
            if (appraisal.verdict() == Verdict::Accepted || of.kind == Kind::CcaToken) continue;
            EXPECT_EQ(appraisal.verdict(), Verdict::Refused) << name_of(purpose);
            EXPECT_TRUE(
                std::ranges::any_of(
                    appraisal.findings(),
                    [](Finding const& finding) {
                        return finding.outcome == Outcome::Failed &&
                               finding.rule->id.ends_with("chain.root");
                    }
                )
            ) << name_of(purpose)
              << "\n"
              << explain(appraisal);
        }
        // With AMD, the roots of two other products are no roots of this one.
        if (of.kind != Kind::CcaToken) EXPECT_EQ(accepted, 1);
    }
}

// What anybody can download is no evidence, whatever else stands in the request.
TEST(Certificates, OfVendorsAreNoEvidenceAndNoVerdictIsGivenOnThem) {
    auto const& vectors = Vectors::instance();
    int tried = 0;
    for (auto const* kind :
         {"amd-vcek-cert",
          "amd-vlek-cert",
          "amd-ask-cert",
          "intel-tcb-signing-cert",
          "intel-intermediate"})
        for (auto const& vector : vectors.of_kind(kind)) {
            Trial trial;
            trial.evidence = vectors.read(vector.path);
            EXPECT_FALSE(recognise(trial.evidence)) << vector.path;
            EXPECT_FALSE(verify(trial.request())) << vector.path;
            ++tried;
        }
    for (auto const& root : builtin_roots()) EXPECT_FALSE(recognise(root.der));
    EXPECT_GT(tried, 0);
}

} // namespace
