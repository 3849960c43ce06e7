// Lessons of others (CVE-2026-22696): each kind of collateral is believed only below the pinned
// root.

#include "attest/testing/appraise.hpp"
#include "attest/testing/vectors.hpp"
#include "base/test_folders.hpp"

#include <gtest/gtest.h>

namespace {

using namespace attest;
using namespace attest::testing;

constexpr auto when = "2024-12-10T00:00:00Z";

void add_forged(Endorsements& endorsements, std::string const& name) {
    std::ifstream file{
        std::string{enarx::test::source_folder} + "/test/forged/" + name, std::ios::binary
    };
    std::string const text{std::istreambuf_iterator<char>(file), {}};
    ASSERT_TRUE(endorsements.add(base::view_of(text), name)) << name;
}

// The good quotes of the platform that the forged TCB info is for.
std::vector<Trial> trials() {
    std::vector<Trial> out;
    for (auto const& vector : Vectors::instance().of_kind("tdx-quote-v4")) {
        if (vector.positive != true ||
            vector.all.at("fields").at("pck").at("fmspc") != "00806f050000")
            continue;
        Trial trial;
        trial.evidence = Vectors::instance().read(vector.path);
        trial.at = time_of(when);
        out.push_back(std::move(trial));
    }
    EXPECT_FALSE(out.empty());
    return out;
}

void add_real_signers(Endorsements& endorsements) {
    for (auto const& vector : Vectors::instance().of_kind("intel-tcb-signing-cert"))
        add(endorsements, vector.path);
}

void expect_refused(std::vector<std::string> const& forged, std::string_view rule) {
    for (auto trial : trials()) {
        ASSERT_EQ(trial.run(Kind::TdxQuote).verdict(), Verdict::Accepted);
        for (auto const& name : forged) add_forged(trial.endorsements, name);
        auto const alone = trial.run(Kind::TdxQuote);
        EXPECT_EQ(alone.verdict(), Verdict::Refused) << explain(alone);
        EXPECT_TRUE(failed(alone, rule)) << explain(alone);
        add_real_signers(trial.endorsements);
        EXPECT_EQ(trial.run(Kind::TdxQuote).verdict(), Verdict::Refused);
    }
}

TEST(Forgery, TcbInfoOfAnotherSignerIsRefused) {
    expect_refused({"tcbinfo.json", "signer.der"}, "dcap.signing.signature");
    expect_refused({"tcbinfo.json", "signer.der", "root.der"}, "dcap.signing.signature");
}

TEST(Forgery, AnIdentityOfTheQuotingEnclaveOfAnotherSignerIsRefused) {
    expect_refused({"qeidentity.json", "signer.der"}, "dcap.signing.signature");
    expect_refused({"qeidentity.json", "signer.der", "root.der"}, "dcap.signing.signature");
}

TEST(Forgery, DocumentsOfAnotherSignerAreRefusedWhereOnlyIntelsSignersAreGiven) {
    for (auto const* name : {"tcbinfo.json", "qeidentity.json"})
        for (auto trial : trials()) {
            add_forged(trial.endorsements, name);
            add_real_signers(trial.endorsements);
            auto const appraisal = trial.run(Kind::TdxQuote);
            EXPECT_EQ(appraisal.verdict(), Verdict::Refused);
            EXPECT_TRUE(failed(appraisal, "dcap.collateral.signature"));
        }
}

TEST(Forgery, ADocumentWithoutAnySignerIsNeverBelieved) {
    for (auto trial : trials()) {
        add_forged(trial.endorsements, "tcbinfo.json");
        auto const appraisal = trial.run(Kind::TdxQuote);
        EXPECT_EQ(appraisal.verdict(), Verdict::Undecided);
        EXPECT_EQ(outcome_of(appraisal, "dcap.collateral.signature"), Outcome::Undecided);
    }
}

TEST(Forgery, RevocationListsOfAnotherSignerAreRefused) {
    expect_refused({"root.crl.der"}, "dcap.crl.signature");
    expect_refused({"platform.crl.der"}, "dcap.crl.signature");
}

TEST(Forgery, ChainsBelowAnotherRootOfTheSameNameAreRefused) {
    expect_refused({"root.der"}, "endorsements.verified");
    expect_refused({"platform-ca.der"}, "endorsements.verified");
    expect_refused({"signer.der"}, "endorsements.verified");
}

TEST(Forgery, ReplacedRootsLeaveNoTrustInIntels) {
    for (auto const& trial : trials()) {
        auto const none = Roots::none();
        auto const appraisal = appraise(
            Kind::TdxQuote,
            {.evidence = trial.evidence,
             .endorsements = trial.endorsements,
             .roots = none,
             .policy = trial.policy,
             .expected = trial.expected,
             .at = trial.at}
        );
        EXPECT_EQ(appraisal.verdict(), Verdict::Refused);
        EXPECT_TRUE(failed(appraisal, "dcap.chain.root"));
    }
}

} // namespace
