// Lessons of others: debug and 32-bit enclaves (Taiko, PDO), debug and migratable trust domains;
// and every value that a policy may ask for.

#include "attest/appraisal.hpp"
#include "attest/dcap/sgx_body.hpp"
#include "attest/dcap/tdx_body.hpp"
#include "attest/testing/appraise.hpp"

#include <gtest/gtest.h>

namespace {

using namespace attest;
using hw::sgx::Attributes;
using hw::tdx::TdAttributes;

std::optional<Outcome> outcome(std::vector<Finding> const& findings, std::string_view rule) {
    for (auto const& finding : findings)
        if (finding.rule->id == rule) return finding.outcome;
    return {};
}

std::vector<Finding> judged(Policy const& policy, hw::sgx::ReportBody const& report) {
    Judge judge{policy, {}, attest::testing::unbound()};
    dcap::judge_enclave(judge, report, 48);
    return std::move(judge).finish();
}

std::vector<Finding> judged(Policy const& policy, dcap::TdBody const& body) {
    Judge judge{policy, {}, attest::testing::unbound()};
    dcap::judge_domain(judge, body, 48);
    return std::move(judge).finish();
}

hw::sgx::ReportBody enclave(std::uint64_t flags) {
    hw::sgx::ReportBody out{};
    out.attributes.flags = flags;
    return out;
}

dcap::TdBody domain(std::uint64_t attributes) {
    dcap::TdBody out{};
    out.report.td_attributes = attributes;
    return out;
}

constexpr std::uint64_t sound_enclave = Attributes::init | Attributes::mode64bit;

TEST(Enclave, StrictRefusesDebugAnd32BitModeAndOneThatIsNotInitialised) {
    auto const strict = Policy::strict();
    auto const sound = judged(strict, enclave(sound_enclave));
    for (auto const* rule :
         {"sgx.attributes.debug", "sgx.attributes.mode64", "sgx.attributes.init"})
        EXPECT_EQ(outcome(sound, rule), Outcome::Passed) << rule;
    EXPECT_EQ(
        outcome(judged(strict, enclave(sound_enclave | Attributes::debug)), "sgx.attributes.debug"),
        Outcome::Failed
    );
    EXPECT_EQ(
        outcome(judged(strict, enclave(Attributes::init)), "sgx.attributes.mode64"), Outcome::Failed
    );
    EXPECT_EQ(
        outcome(judged(strict, enclave(Attributes::mode64bit)), "sgx.attributes.init"),
        Outcome::Failed
    );
}

TEST(Domain, StrictRefusesEachBitOfTudAndReservedOnesAndMigration) {
    auto const strict = Policy::strict();
    for (unsigned bit = 0; bit < 64; ++bit) {
        auto const attributes = TdAttributes::sept_ve_disable | 1ULL << bit;
        auto const findings = judged(strict, domain(attributes));
        EXPECT_EQ(outcome(findings, "tdx.attributes.debug") == Outcome::Failed, bit < 8) << bit;
        EXPECT_EQ(outcome(findings, "tdx.attributes.migratable") == Outcome::Failed, bit == 29);
        bool const defined = bit < 8 || bit == 16 || (bit >= 27 && bit <= 31) || bit >= 62;
        EXPECT_EQ(outcome(findings, "tdx.attributes.reserved") == Outcome::Failed, !defined) << bit;
    }
    EXPECT_EQ(
        outcome(judged(strict, domain(0)), "tdx.attributes.sept-ve-disable"), Outcome::Failed
    );
}

TEST(Enclave, EachValueOfAPolicyIsComparedUnderAuthenticToo) {
    auto policy = Policy::authentic();
    auto& limits = policy.dcap.sgx;
    limits.mr_signers.emplace(1);
    limits.isv_prod_id = 7;
    limits.isv_svn = 3;
    limits.isv_ext_prod_id.emplace();
    limits.isv_family_id.emplace();
    limits.config_id.emplace();
    limits.config_svn = 2;
    limits.xfrm = 0xe7;
    limits.misc_select = 1;
    constexpr std::array asked{
        "sgx.mr-signer",
        "sgx.isv-prod-id",
        "sgx.isv-svn",
        "sgx.isv-ext-prod-id",
        "sgx.isv-family-id",
        "sgx.config-id",
        "sgx.config-svn",
        "sgx.attributes.xfrm",
        "sgx.misc-select",
    };
    auto good = enclave(sound_enclave);
    good.isv_prod_id = 7;
    good.isv_svn = 4;
    good.config_svn = 2;
    good.attributes.xfrm = 0x7;
    good.misc_select = 1;
    auto const accepted = judged(policy, good);
    for (auto const* rule : asked) EXPECT_EQ(outcome(accepted, rule), Outcome::Passed) << rule;

    hw::sgx::ReportBody bad{};
    for (auto* field :
         {bad.mr_signer.data(),
          bad.isv_ext_prod_id.data(),
          bad.isv_family_id.data(),
          bad.config_id.data()})
        *field = std::byte{1};
    bad.attributes.xfrm = 0x100;
    bad.misc_select = 2;
    auto const refused = judged(policy, bad);
    for (auto const* rule : asked) EXPECT_EQ(outcome(refused, rule), Outcome::Failed) << rule;
}

TEST(Domain, EachValueOfAPolicyIsComparedUnderAuthenticToo) {
    auto policy = Policy::authentic();
    auto& limits = policy.dcap.tdx;
    limits.mr_config_id.emplace();
    limits.mr_owner.emplace();
    limits.mr_owner_config.emplace();
    for (auto& rtmr : limits.rtmr) rtmr.emplace();
    limits.mr_seams.emplace(1);
    limits.mr_service_tds.emplace(1);
    limits.xfam = 0xe7;
    constexpr std::array asked{
        "tdx.mr-config-id",
        "tdx.mr-owner",
        "tdx.mr-owner-config",
        "tdx.rtmr0",
        "tdx.rtmr1",
        "tdx.rtmr2",
        "tdx.rtmr3",
        "tdx.mr-seam",
        "tdx.mr-service-td",
        "tdx.xfam",
    };
    auto const accepted = judged(policy, domain(0));
    for (auto const* rule : asked) EXPECT_EQ(outcome(accepted, rule), Outcome::Passed) << rule;

    auto bad = domain(0);
    auto& report = bad.report;
    for (auto* field :
         {report.mr_config_id.data(),
          report.mr_owner.data(),
          report.mr_owner_config.data(),
          report.rtmr[0].data(),
          report.rtmr[1].data(),
          report.rtmr[2].data(),
          report.rtmr[3].data(),
          report.mr_seam.data()})
        *field = std::byte{1};
    report.xfam = 0x100;
    bad.tail.emplace();
    bad.tail->mr_service_td[0] = std::byte{1};
    auto const refused = judged(policy, bad);
    for (auto const* rule : asked) EXPECT_EQ(outcome(refused, rule), Outcome::Failed) << rule;
}

} // namespace
