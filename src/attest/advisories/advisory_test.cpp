#include "attest/advisories/advisory.hpp"
#include "attest/testing/cases.hpp"

#include <gtest/gtest.h>

namespace {

using namespace attest;
using namespace attest::testing;

Appraisal accepted(Case const& made) {
    Trial trial;
    trial.evidence = made.parts.at(0).bytes;
    for (std::size_t i = 1; i < made.parts.size(); ++i)
        EXPECT_TRUE(trial.endorsements.add(made.parts[i].bytes, made.parts[i].name));
    trial.policy = made.policy();
    trial.at = made.at;
    return trial.run(made.kind);
}

std::optional<Shown> shown(Appraisal const& appraisal, std::string_view id) {
    for (auto const& [advisory, state] : advice_on(appraisal))
        if (advisory->id == id) return state;
    return {};
}

TEST(Advisories, NameARuleThatIsThereAndASource) {
    for (auto const& advisory : advisories()) {
        SCOPED_TRACE(advisory.id);
        EXPECT_FALSE(advisory.text.empty());
        EXPECT_FALSE(advisory.source.empty());
        EXPECT_EQ(advisory.proof == Proof::Rule, !advisory.rule.empty());
        if (!advisory.rule.empty()) EXPECT_NE(find_rule(advisory.rule), nullptr);
        EXPECT_LE(advisory.date, advisories_as_of);
    }
}

TEST(Advisories, EachMilanReportIsUnprovenAgainstBadFuseAndNoOther) {
    int judged = 0;
    for (auto const& made : snp_cases()) {
        auto const appraisal = accepted(made);
        if (!appraisal.claims()) continue;
        SCOPED_TRACE(made.parts[0].name);
        auto const* claims = appraisal.claims()->get<snp::Claims>();
        bool const milan = claims->product == hw::snp::Product::Milan;
        EXPECT_EQ(shown(appraisal, "BadFuse"), milan ? std::optional{Shown::Never} : std::nullopt);
        ++judged;
    }
    EXPECT_GT(judged, 0);
}

TEST(Advisories, ThePlatformBitTellsOfBadRamAndOfThreads) {
    using hw::snp::PlatformInfo;
    for (auto const& made : snp_cases()) {
        auto const appraisal = accepted(made);
        if (!appraisal.claims()) continue;
        SCOPED_TRACE(made.parts[0].name);
        auto const* claims = appraisal.claims()->get<snp::Claims>();
        PlatformInfo const info{{claims->report.platform_info}};
        if (claims->product != hw::snp::Product::Turin)
            EXPECT_EQ(
                shown(appraisal, "CVE-2024-21944"),
                info.get<PlatformInfo::AliasCheckComplete>() ? Shown::Mitigated : Shown::Open
            );
        EXPECT_EQ(
            shown(appraisal, "CVE-2025-29943"),
            info.get<PlatformInfo::SmtEn>() ? Shown::Open : Shown::Mitigated
        );
    }
}

TEST(Advisories, AreNotMitigatedByAFloorThatAPolicyHasLowered) {
    int judged = 0;
    for (auto made : snp_cases()) {
        auto const appraisal = accepted(made);
        auto const state = appraisal.claims() ? shown(appraisal, "CVE-2024-56161") : std::nullopt;
        if (!state) continue;
        auto const* claims = appraisal.claims()->get<snp::Claims>();
        auto const current = claims->report.current_tcb.decode(claims->product);
        bool const high = current.at_least(snp::Floors{}.of(claims->product, claims->report));
        EXPECT_EQ(*state, high ? Shown::Mitigated : Shown::Open) << made.parts[0].name;
        EXPECT_EQ(shown(appraisal, "CVE-2025-61971"), Shown::NotChecked);
        ++judged;
    }
    EXPECT_GT(judged, 0);
}

TEST(Advisories, OfRefusedEvidenceSayNothing) {
    auto made = snp_cases().at(0);
    made.parts[0].bytes.back() ^= std::byte{1};
    EXPECT_TRUE(advice_on(accepted(made)).empty());
}

} // namespace
