// A policy that sets values of some technologies, and good evidence of each kind: accepted only
// where the values are for that kind, or where somebody named the kinds.

#include "attest/policy_scope.hpp"
#include "attest/testing/cases.hpp"
#include "attest/verify.hpp"

#include <gtest/gtest.h>

namespace {

using namespace attest;
using namespace attest::testing;

// A value of that section which all evidence meets.
void set_a_value(Policy& policy, Section section) {
    switch (section) {
    case Section::Snp:
        policy.snp.guest_svn = 0;
        return;
    case Section::Dcap:
        policy.dcap.evaluation_number = 0;
        return;
    case Section::Sgx:
        policy.dcap.sgx.isv_svn = 0;
        return;
    case Section::Tdx:
        policy.dcap.tdx.xfam = ~std::uint64_t{0};
        return;
    }
}

// What a case is in the end: its request may hold other evidence.
Kind inside(Case const& of) {
    if (of.kind != Kind::EnarxRequest) return of.kind;
    return of.parts[0].name.starts_with("snp/") ? Kind::SnpReport : Kind::SgxQuote;
}

// From the documentation of policies: [dcap] is for SGX and TDX alike.
bool is_for(Section section, Kind kind) {
    switch (section) {
    case Section::Snp:
        return kind == Kind::SnpReport;
    case Section::Dcap:
        return kind == Kind::SgxQuote || kind == Kind::TdxQuote;
    case Section::Sgx:
        return kind == Kind::SgxQuote;
    case Section::Tdx:
        return kind == Kind::TdxQuote;
    }
    return false;
}

Verdict verdict(Trial const& trial, Kinds kinds) {
    auto request = trial.request();
    request.kinds = kinds;
    auto const appraisal = verify(request);
    if (!appraisal) throw std::runtime_error("no evidence");
    return appraisal->verdict();
}

TEST(PolicyScope, EvidenceOfAKindForWhichAPolicyWithValuesSetsNoneIsUndecidedUnlessTheKindIsNamed) {
    std::map<Kind, int> tried;
    for (auto const& of : positive_cases())
        for (auto const section : all_sections) {
            SCOPED_TRACE(of.parts[0].name + " with " + std::string{name_of(section)});
            auto trial = of.trial();
            set_a_value(trial.policy, section);
            if (is_for(section, inside(of))) {
                EXPECT_NE(
                    outcome_of(trial.run(of.kind), "evidence.expectations"), Outcome::Undecided
                );
                continue;
            }
            auto const appraisal = trial.run(of.kind);
            EXPECT_EQ(appraisal.verdict(), Verdict::Undecided) << explain(appraisal);
            EXPECT_EQ(outcome_of(appraisal, "evidence.expectations"), Outcome::Undecided);
            EXPECT_EQ(verdict(trial, {of.kind, inside(of)}), Verdict::Accepted);
            // Who names requests alone has not said of which hardware.
            EXPECT_EQ(
                verdict(trial, {of.kind}),
                of.kind == inside(of) ? Verdict::Accepted : Verdict::Undecided
            );
            ++tried[of.kind];
        }
    for (auto const kind : all_kinds())
        if (kind != Kind::NoHardware) EXPECT_GT(tried[kind], 0) << name_of(kind);
}

TEST(PolicyScope, OneSectionForTheKindIsEnoughWhateverElseThePolicySets) {
    auto policy = Policy::authentic();
    for (auto const section : all_sections) set_a_value(policy, section);
    for (auto const kind : {Kind::SnpReport, Kind::SgxQuote, Kind::TdxQuote})
        EXPECT_FALSE(values_of_others(policy, kind, {})) << name_of(kind);
    for (auto const kind : {Kind::NitroDocument, Kind::CcaToken, Kind::NoHardware})
        EXPECT_TRUE(values_of_others(policy, kind, {})) << name_of(kind);
}

TEST(PolicyScope, APolicyWithoutValuesSpeaksOfEveryKind) {
    for (auto const& policy : {Policy::authentic(), Policy::strict()})
        for (auto const kind : all_kinds())
            EXPECT_FALSE(values_of_others(policy, kind, {})) << name_of(kind);
}

TEST(PolicyScope, WhatWasNotComparedIsNamedAndWhatToDo) {
    auto policy = Policy::authentic();
    policy.dcap.tdx.mr_seams.emplace();
    // Written down with the value that holds without it: still somebody's wish.
    policy.write_down(Section::Snp);
    auto const why = values_of_others(policy, Kind::NitroDocument, {});
    ASSERT_TRUE(why);
    EXPECT_EQ(
        why->expected, "the values of the policy's [snp] and [tdx], compared with the evidence"
    );
    EXPECT_TRUE(why->found.contains("Nitro")) << why->found;
    EXPECT_TRUE(why->hint.contains("--kind nitro")) << why->hint;
}

} // namespace
