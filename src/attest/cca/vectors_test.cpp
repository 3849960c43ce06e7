// Every CCA vector of the manifest gives the outcome that it expects. No vector is named here.

#include "attest/testing/appraise.hpp"
#include "attest/testing/vectors.hpp"
#include "attest/text.hpp"

#include <gtest/gtest.h>

namespace {

using namespace attest;
using namespace attest::testing;

Vectors const& vectors() { return Vectors::instance(); }

// Every good trust anchor of the set; the token says which one it needs.
Roots roots_with_keys() {
    auto roots = Roots::builtin();
    for (auto const& vector : vectors().of_kind("cca-trust-anchor")) {
        if (vector.positive != true) continue;
        auto keys = parse_trust_keys(vectors().read(vector.path), vector.path);
        EXPECT_TRUE(keys) << vector.path << ": " << (keys ? "" : keys.error().expected);
        if (keys)
            for (auto& key : *keys) roots.trust(std::move(key));
    }
    return roots;
}

Appraisal appraise_with(
    std::vector<std::byte> const& evidence,
    Roots const& roots,
    Policy const& policy = Policy::authentic()
) {
    Endorsements const none;
    auto const at = time_of("2026-01-01T00:00:00Z"); // tokens of CCA have no time
    return appraise(Kind::CcaToken, {evidence, none, roots, policy, unbound(), at});
}

TEST(CcaVectors, AuthenticAcceptsEachGoodTokenAndItsClaimsAreTheTokens) {
    int judged = 0;
    auto const roots = roots_with_keys();
    for (auto const& vector : vectors().of_kind("cca-token")) {
        if (vector.positive != true) continue;
        SCOPED_TRACE(vector.path);
        auto const evidence = vectors().read(vector.path);
        EXPECT_EQ(recognise(evidence), Kind::CcaToken);
        auto const appraisal = appraise_with(evidence, roots);
        ASSERT_EQ(appraisal.verdict(), Verdict::Accepted) << explain(appraisal);
        auto const& claims = *appraisal.claims()->get<cca::Claims>();
        auto const& fields = vector.all.at("fields");
        auto const& platform = fields.at("platform");
        EXPECT_EQ(hex(claims.platform_instance_id), platform.at("256").get<std::string>());
        EXPECT_EQ(hex(claims.platform_implementation_id), platform.at("2396").get<std::string>());
        EXPECT_EQ(claims.platform_lifecycle, platform.at("2395").get<std::uint64_t>());
        auto const& realm = fields.at("realm");
        EXPECT_EQ(hex(claims.realm_challenge), realm.at("10").get<std::string>());
        EXPECT_EQ(hex(claims.realm_initial_measurement), realm.at("44238").get<std::string>());
        ++judged;
    }
    EXPECT_GT(judged, 0);
}

TEST(CcaVectors, ATokenWithoutThePlatformsKeyIsUndecided) {
    for (auto const& vector : vectors().of_kind("cca-token")) {
        if (vector.positive != true) continue;
        auto const appraisal = appraise_with(vectors().read(vector.path), Roots::builtin());
        EXPECT_EQ(appraisal.verdict(), Verdict::Undecided);
        EXPECT_EQ(outcome_of(appraisal, "cca.platform.key"), Outcome::Undecided);
    }
}

TEST(CcaVectors, StrictAsksForChallengeAndMeasurement) {
    auto const roots = roots_with_keys();
    for (auto const& vector : vectors().of_kind("cca-token")) {
        if (vector.positive != true) continue;
        auto const appraisal = appraise_with(vectors().read(vector.path), roots, Policy::strict());
        EXPECT_EQ(appraisal.verdict(), Verdict::Undecided) << explain(appraisal);
        EXPECT_EQ(outcome_of(appraisal, "cca.report-data"), Outcome::Undecided);
        EXPECT_EQ(outcome_of(appraisal, "cca.measurement"), Outcome::Undecided);
    }
}

// A change of the realm's payload may leave no claims to take the key from.
bool refused_rightly(Appraisal const& appraisal, std::string_view rule) {
    return failed(appraisal, rule) ||
           (rule == "cca.realm.signature" && failed(appraisal, "cca.realm.claims"));
}

std::string_view rule_for(std::string const& reason) {
    if (reason.contains("CBOR") || reason.contains("tag 4")) return "cca.token.form";
    if (reason.contains("challenge")) return "cca.binding";
    if (reason.contains("realm token")) return "cca.realm.signature";
    return "cca.platform.signature";
}

// A token whose signatures verify and whose parts do not belong together is refused as well: the
// peer ccatoken answers success for broken signatures of either part.
TEST(CcaVectors, EachBadTokenIsRefusedByTheRightRule) {
    int judged = 0;
    auto const roots = roots_with_keys();
    for (auto const& vector : vectors().of_kind("cca-token")) {
        if (vector.positive != false) continue;
        SCOPED_TRACE(vector.path);
        auto const evidence = vectors().read(vector.path);
        EXPECT_EQ(recognise(evidence), Kind::CcaToken);
        auto const appraisal = appraise_with(evidence, roots);
        EXPECT_EQ(appraisal.verdict(), Verdict::Refused);
        EXPECT_TRUE(refused_rightly(appraisal, rule_for(vector.expected().at("reason"))))
            << explain(appraisal);
        ++judged;
    }
    EXPECT_GT(judged, 0);
}

TEST(CcaVectors, ABadTrustAnchorIsNoKey) {
    int judged = 0;
    for (auto const& vector : vectors().of_kind("cca-trust-anchor")) {
        if (vector.positive != false) continue;
        SCOPED_TRACE(vector.path);
        EXPECT_FALSE(parse_trust_keys(vectors().read(vector.path), vector.path));
        ++judged;
    }
    EXPECT_GT(judged, 0);
}

} // namespace
