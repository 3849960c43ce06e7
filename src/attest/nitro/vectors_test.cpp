// Every Nitro vector of the manifest gives the outcome that it expects. No vector is named here.

#include "attest/testing/appraise.hpp"
#include "attest/testing/vectors.hpp"
#include "attest/text.hpp"

#include <gtest/gtest.h>

namespace {

using namespace attest;
using namespace attest::testing;
using namespace std::chrono_literals;

Vectors const& vectors() { return Vectors::instance(); }

constexpr auto kind = Kind::NitroDocument;

// The manifest gives fractions of a second; what is asked is within a second after.
Trial trial_of(Vector const& vector) {
    Trial out;
    out.evidence = vectors().read(vector.path);
    auto const at = vector.expectation("evaluate_at");
    // Without a time of its own, a negative is asked about within the window of some good one.
    out.at = at ? time_of(at->get<std::string>()) + 1s : time_of("2022-10-13T08:58:03Z");
    return out;
}

void expect_fields(nitro::Claims const& claims, Json const& fields) {
    EXPECT_EQ(claims.module_id, fields.at("module_id").get<std::string>());
    EXPECT_EQ(
        claims.timestamp.time_since_epoch().count(), fields.at("timestamp").get<std::int64_t>()
    );
    for (auto const& [index, value] : fields.at("pcrs").items())
        EXPECT_EQ(hex(claims.pcrs.at(std::stoull(index))), value.get<std::string>()) << index;
}

TEST(NitroVectors, AuthenticAcceptsEachGoodDocumentAndItsClaimsAreTheDocuments) {
    int judged = 0;
    for (auto const& vector : vectors().of_kind("nitro-cose-sign1")) {
        if (vector.positive != true) continue;
        SCOPED_TRACE(vector.path);
        auto const trial = trial_of(vector);
        EXPECT_EQ(recognise(trial.evidence), kind);
        auto const appraisal = trial.run(kind);
        ASSERT_EQ(appraisal.verdict(), Verdict::Accepted) << explain(appraisal);
        auto const* claims = appraisal.claims()->get<nitro::Claims>();
        expect_fields(*claims, vector.all.at("fields"));
        EXPECT_EQ(claims->debug, vector.expected().at("debug_mode").get<bool>());
        ++judged;
    }
    EXPECT_GT(judged, 0);
}

TEST(NitroVectors, AuthenticAcceptsOnlyInsideTheChainsWindow) {
    for (auto const& vector : vectors().of_kind("nitro-cose-sign1")) {
        if (vector.positive != true) continue;
        SCOPED_TRACE(vector.path);
        auto trial = trial_of(vector);
        auto const window = vector.expected().at("chain_window");
        trial.at = time_of(window.at(1));
        EXPECT_EQ(trial.run(kind).verdict(), Verdict::Accepted);
        trial.at += 1s;
        EXPECT_TRUE(failed(trial.run(kind), "nitro.chain.validity"));
        trial.at = time_of(window.at(0)) - 1s;
        EXPECT_TRUE(failed(trial.run(kind), "nitro.chain.validity"));
    }
}

TEST(NitroVectors, StrictRefusesDebugEnclavesAndAsksForNonceAndMeasurement) {
    for (auto const& vector : vectors().of_kind("nitro-cose-sign1")) {
        if (vector.positive != true) continue;
        SCOPED_TRACE(vector.path);
        auto trial = trial_of(vector);
        trial.policy = Policy::strict();
        auto const appraisal = trial.run(kind);
        bool const debug = vector.expected().at("debug_mode").get<bool>();
        EXPECT_EQ(appraisal.verdict(), debug ? Verdict::Refused : Verdict::Undecided);
        EXPECT_EQ(failed(appraisal, "nitro.enclave.debug"), debug);
        EXPECT_EQ(outcome_of(appraisal, "nitro.report-data"), Outcome::Undecided);
        EXPECT_EQ(outcome_of(appraisal, "nitro.measurement"), Outcome::Undecided);
    }
}

std::string_view rule_for(std::string const& reason) {
    if (reason.contains("CBOR") || reason.contains("length")) return "nitro.document.form";
    if (reason.contains("ES384")) return "nitro.document.algorithm";
    if (reason.contains("DER")) return "nitro.certificates.form";
    if (reason.contains("leaf not signed")) return "nitro.chain.signature";
    return "nitro.document.signature";
}

TEST(NitroVectors, EachBadDocumentIsRefusedByTheRightRule) {
    int judged = 0;
    for (auto const& vector : vectors().of_kind("nitro-cose-sign1")) {
        if (vector.positive != false) continue;
        SCOPED_TRACE(vector.path);
        auto const trial = trial_of(vector);
        EXPECT_EQ(recognise(trial.evidence), kind);
        auto const appraisal = trial.run(kind);
        EXPECT_EQ(appraisal.verdict(), Verdict::Refused);
        EXPECT_TRUE(failed(appraisal, rule_for(vector.expected().at("reason"))))
            << explain(appraisal);
        ++judged;
    }
    EXPECT_GT(judged, 0);
}

TEST(NitroVectors, ADocumentIsRefusedLongAfterItsThreeHours) {
    for (auto const& vector : vectors().of_kind("case")) {
        auto const scenario = vectors().json(vector.path);
        if (!scenario.contains("document")) continue;
        SCOPED_TRACE(vector.path);
        Trial trial;
        trial.evidence = vectors().read(scenario.at("document"));
        trial.at = time_of(scenario.at("at"));
        EXPECT_TRUE(failed(trial.run(kind), "nitro.chain.validity"));
    }
}

TEST(NitroVectors, AnotherRootInThePlaceOfTheVendorsRefusesEveryDocument) {
    for (auto const& vector : vectors().of_kind("nitro-cose-sign1")) {
        if (vector.positive != true) continue;
        auto const trial = trial_of(vector);
        auto const none = Roots::none();
        auto const appraisal = appraise(
            kind, {trial.evidence, trial.endorsements, none, trial.policy, trial.expected, trial.at}
        );
        EXPECT_EQ(appraisal.verdict(), Verdict::Refused);
        EXPECT_TRUE(failed(appraisal, "nitro.chain.root"));
    }
}

} // namespace
