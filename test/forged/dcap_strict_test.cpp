// `strict` accepts a quote of SGX that is right in every part, and refuses each single defect of
// quote, chain, list or document by the rule that speaks of it and by no other.

#include "intel.hpp"
#include "outcomes.hpp"

#include <gtest/gtest.h>

namespace {

using namespace attest;
using namespace std::chrono_literals;
using forged::Intel;
using forged::Rules;
using forged::with;

struct Defect {
    std::string_view what;
    void (*make)(Intel&);
    Rules rules;
};

void expect_refused(std::vector<Defect> const& defects) {
    for (auto const& defect : defects) {
        SCOPED_TRACE(defect.what);
        auto intel = Intel::good();
        defect.make(intel);
        auto const appraisal = intel.run();
        EXPECT_EQ(appraisal.verdict(), Verdict::Refused) << attest::testing::explain(appraisal);
        EXPECT_EQ(with(Outcome::Failed, appraisal), defect.rules);
        EXPECT_EQ(appraisal.claims(), nullptr);
    }
}

TEST(DcapStrict, AcceptsWhatIsRightInEveryPart) {
    auto const appraisal = Intel::good().run();
    EXPECT_EQ(appraisal.verdict(), Verdict::Accepted) << attest::testing::explain(appraisal);
    ASSERT_NE(appraisal.claims(), nullptr);
    EXPECT_EQ(appraisal.claims()->get<dcap::Claims>()->tcb.status, dcap::TcbStatus::UpToDate);
    auto padded = Intel::good();
    padded.padding.resize(100);
    EXPECT_EQ(padded.run().verdict(), Verdict::Accepted);
}

TEST(DcapStrict, RefusesARootThatIsPinnedForAnotherVendor) {
    for (auto const purpose : all_purposes) {
        if (purpose == Purpose::Intel) continue;
        auto intel = Intel::good();
        intel.pinned_for = {purpose};
        auto const failed = with(Outcome::Failed, intel.run());
        for (auto const* rule : {"dcap.chain.root", "dcap.signing.root"})
            EXPECT_NE(std::ranges::find(failed, rule), failed.end()) << name_of(purpose);
    }
}

TEST(DcapStrict, RefusesEachDefectOfTheQuote) {
    expect_refused({
        {"version 2", [](Intel& i) { i.header.version = 2; }, {"dcap.quote.version"}},
        {"a key of P-384", [](Intel& i) { i.header.att_key_type = 3; }, {"dcap.quote.key-type"}},
        {"another vendor", [](Intel& i) { i.header.qe_vendor_id[0] = {}; }, {"dcap.quote.vendor"}},
        {"a byte behind it",
         [](Intel& i) { i.padding.push_back(std::byte{1}); },
         {"dcap.quote.size"}},
        {"another key's signature",
         [](Intel& i) { i.enclave_by_stranger = true; },
         {"dcap.quote.signature"}},
        {"a report of the quoting enclave that another key signed",
         [](Intel& i) { i.quoting_enclave_by_stranger = true; },
         {"dcap.qe.signature"}},
        {"an attestation key that nothing binds",
         [](Intel& i) { i.bind_attestation_key = false; },
         {"dcap.qe.binding"}},
        {"a reserved byte",
         [](Intel& i) { i.enclave.reserved_106[5] = std::byte{1}; },
         {"dcap.quote.reserved"}},
    });
}

TEST(DcapStrict, RefusesEachDefectOfTheQuotingEnclave) {
    expect_refused({
        {"another signer",
         [](Intel& i) { i.quoting_enclave.mr_signer[9] ^= std::byte{1}; },
         {"dcap.qe.signer"}},
        {"another product",
         [](Intel& i) { i.quoting_enclave.isv_prod_id = 2; },
         {"dcap.qe.signer"}},
        {"a debug one",
         [](Intel& i) { i.quoting_enclave.attributes.flags = 0x13; },
         {"dcap.qe.attributes"}},
        {"MISCSELECT", [](Intel& i) { i.quoting_enclave.misc_select = 1; }, {"dcap.qe.attributes"}},
        {"too old for any level",
         [](Intel& i) { i.quoting_enclave.isv_svn = 4; },
         {"dcap.qe.level"}},
        {"out of date",
         [](Intel& i) { i.identity.levels = {{.svn = 6}, {.svn = 5, .status = "OutOfDate"}}; },
         {"dcap.tcb.status"}},
        {"revoked",
         [](Intel& i) { i.identity.levels = {{.svn = 5, .status = "Revoked"}}; },
         {"dcap.tcb.revoked", "dcap.tcb.status"}},
    });
}

// Whatever hangs from a signature that does not verify is no endorsement either.
TEST(DcapStrict, RefusesEachDefectOfTheChains) {
    expect_refused({
        {"another root of the same name",
         [](Intel& i) { i.pin_root = false; },
         {"dcap.chain.root", "dcap.signing.root", "endorsements.verified"}},
        {"a PCK of a stranger",
         [](Intel& i) { i.pck_by_stranger = true; },
         {"dcap.chain.signature", "endorsements.verified"}},
        {"a CA of a stranger",
         [](Intel& i) { i.platform_by_stranger = true; },
         {"dcap.chain.signature", "endorsements.verified"}},
        {"a CA that is none",
         [](Intel& i) { i.platform_ca.authority = false; },
         {"dcap.chain.authority"}},
        {"an expired PCK", [](Intel& i) { i.pck.not_after = i.at - 1s; }, {"dcap.chain.validity"}},
        {"an expired CA",
         [](Intel& i) { i.platform_ca.not_after = i.at - 1s; },
         {"dcap.chain.validity"}},
        {"another issuer of PCKs",
         [](Intel& i) {
             i.pck.issuer = i.platform_ca.subject = i.platform_list.issuer =
                 "Intel SGX Somebody CA";
         },
         {"dcap.pck.issuer"}},
        {"no SGX extensions", [](Intel& i) { i.sgx_extensions = false; }, {"dcap.pck.profile"}},
        {"an expired signing certificate",
         [](Intel& i) { i.signing.not_after = i.at - 1s; },
         {"dcap.signing.validity"}},
        {"a signing certificate of a stranger",
         [](Intel& i) { i.signing_by_stranger = true; },
         {"dcap.signing.signature", "endorsements.verified"}},
    });
}

TEST(DcapStrict, RefusesEachDefectOfTheLists) {
    expect_refused({
        {"the PCK revoked",
         [](Intel& i) { i.platform_list.revoked.push_back(i.pck.serial); },
         {"dcap.crl.clean"}},
        {"the CA revoked",
         [](Intel& i) { i.root_list.revoked.push_back(i.platform_ca.serial); },
         {"dcap.crl.clean"}},
        {"the signer of documents revoked",
         [](Intel& i) { i.root_list.revoked.push_back(i.signing.serial); },
         {"dcap.crl.clean"}},
        {"the root's list of a stranger",
         [](Intel& i) { i.root_list_by_stranger = true; },
         {"dcap.crl.signature"}},
        {"the CA's list of a stranger",
         [](Intel& i) { i.platform_list_by_stranger = true; },
         {"dcap.crl.signature"}},
        {"a list of tomorrow",
         [](Intel& i) { i.platform_list.this_update = i.at + 1s; },
         {"dcap.crl.fresh"}},
    });
}

TEST(DcapStrict, RefusesEachDefectOfTheDocuments) {
    expect_refused({
        {"TCB info of a stranger",
         [](Intel& i) { i.tcb_info.by_stranger = true; },
         {"dcap.collateral.signature", "endorsements.verified"}},
        {"an identity of a stranger",
         [](Intel& i) { i.identity.by_stranger = true; },
         {"dcap.collateral.signature", "endorsements.verified"}},
        {"TCB info of tomorrow",
         [](Intel& i) { i.tcb_info.issued = i.at + 1s; },
         {"dcap.collateral.issued"}},
        {"no level", [](Intel& i) { i.tcb_info.levels = {{.svn = 6}}; }, {"dcap.tcb.level"}},
        {"out of date",
         [](Intel& i) { i.tcb_info.levels = {{.svn = 6}, {.svn = 5, .status = "OutOfDate"}}; },
         {"dcap.tcb.status"}},
        {"hardening needed",
         [](Intel& i) { i.tcb_info.levels = {{.status = "SWHardeningNeeded"}}; },
         {"dcap.tcb.status"}},
        {"revoked",
         [](Intel& i) { i.tcb_info.levels = {{.status = "Revoked"}}; },
         {"dcap.tcb.revoked", "dcap.tcb.status"}},
        {"an advisory that the policy does not name",
         [](Intel& i) {
             i.tcb_info.levels[0].advisories = R"(["INTEL-SA-00615"])";
             i.policy.dcap.advisories.emplace();
         },
         {"dcap.tcb.advisories"}},
        {"documents older than the policy's number",
         [](Intel& i) { i.policy.dcap.evaluation_number = 18; },
         {"dcap.tcb.evaluation"}},
    });
}

TEST(DcapStrict, RefusesEachDefectOfTheEnclave) {
    expect_refused({
        {"DEBUG", [](Intel& i) { i.enclave.attributes.flags = 0x07; }, {"sgx.attributes.debug"}},
        {"32 bits", [](Intel& i) { i.enclave.attributes.flags = 0x01; }, {"sgx.attributes.mode64"}},
        {"not initialised",
         [](Intel& i) { i.enclave.attributes.flags = 0x04; },
         {"sgx.attributes.init"}},
        {"PROVISION_KEY",
         [](Intel& i) {
             i.enclave.attributes.flags = 0x15;
             i.policy.set(*find_rule("sgx.attributes.provision-key"), true);
         },
         {"sgx.attributes.provision-key"}},
        {"EINITTOKEN_KEY",
         [](Intel& i) {
             i.enclave.attributes.flags = 0x25;
             i.policy.set(*find_rule("sgx.attributes.einittoken-key"), true);
         },
         {"sgx.attributes.einittoken-key"}},
        {"other report data",
         [](Intel& i) { i.enclave.report_data[0] ^= std::byte{1}; },
         {"sgx.report-data"}},
        {"another measurement",
         [](Intel& i) { i.enclave.mr_enclave[0] ^= std::byte{1}; },
         {"sgx.measurement"}},
        {"another signer",
         [](Intel& i) { i.policy.dcap.sgx.mr_signers.emplace(); },
         {"sgx.mr-signer"}},
        {"another product",
         [](Intel& i) { i.policy.dcap.sgx.isv_prod_id = 1; },
         {"sgx.isv-prod-id"}},
        {"too old", [](Intel& i) { i.policy.dcap.sgx.isv_svn = 1; }, {"sgx.isv-svn"}},
        {"a feature", [](Intel& i) { i.policy.dcap.sgx.xfrm = 1; }, {"sgx.attributes.xfrm"}},
        {"platform", [](Intel& i) { i.policy.dcap.fmspcs.emplace(); }, {"dcap.platform.fmspc"}},
        {"machine", [](Intel& i) { i.policy.dcap.ppids.emplace(); }, {"dcap.platform.ppid"}},
    });
}

TEST(DcapStrict, IsUndecidedWhereSomethingIsMissingOrStale) {
    for (auto const& defect : std::vector<Defect>{
             {"no TCB info",
              [](Intel& i) { i.tcb_info.present = false; },
              {"dcap.tcb-info.present"}},
             {"no identity",
              [](Intel& i) { i.identity.present = false; },
              {"dcap.qe-identity.present"}},
             {"TCB info of another platform",
              [](Intel& i) { i.fmspc = "00906ED50001"; },
              {"dcap.tcb-info.present"}},
             {"stale TCB info",
              [](Intel& i) { i.tcb_info.next_update = i.at - 1s; },
              {"dcap.collateral.fresh"}},
             {"a stale identity",
              [](Intel& i) { i.identity.next_update = i.at - 1s; },
              {"dcap.collateral.fresh"}},
             {"no list of the root",
              [](Intel& i) { i.with_root_list = false; },
              {"dcap.crl.present"}},
             {"no list of the CA",
              [](Intel& i) { i.with_platform_list = false; },
              {"dcap.crl.present"}},
             {"a stale list",
              [](Intel& i) { i.root_list.next_update = i.at - 1s; },
              {"dcap.crl.fresh"}},
             {"nothing to compare with",
              [](Intel& i) { i.expected = attest::testing::unbound(); },
              {"sgx.report-data", "sgx.measurement"}},
         }) {
        SCOPED_TRACE(defect.what);
        auto intel = Intel::good();
        defect.make(intel);
        auto const appraisal = intel.run();
        EXPECT_EQ(appraisal.verdict(), Verdict::Undecided) << attest::testing::explain(appraisal);
        for (auto const rule : defect.rules)
            EXPECT_EQ(attest::testing::outcome_of(appraisal, rule), Outcome::Undecided) << rule;
    }
}

} // namespace
