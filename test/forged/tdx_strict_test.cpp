// `strict` accepts quotes of TDX, versions 4 and 5, that are right in every part, and refuses each
// single defect of domain, module or documents by the rule that speaks of it and by no other.

#include "intel.hpp"
#include "outcomes.hpp"

#include <gtest/gtest.h>

namespace {

using namespace attest;
using forged::Intel;
using forged::Rules;
using forged::with;
using hw::tdx::TdAttributes;

struct Defect {
    std::string_view what;
    void (*make)(Intel&);
    Rules rules;
};

void expect_refused(std::vector<Defect> const& defects) {
    for (std::uint16_t const version : {std::uint16_t{4}, std::uint16_t{5}})
        for (auto const& defect : defects) {
            SCOPED_TRACE(std::string{defect.what} + ", version " + std::to_string(version));
            auto intel = Intel::good_domain(version);
            defect.make(intel);
            auto const appraisal = intel.run();
            EXPECT_EQ(appraisal.verdict(), Verdict::Refused) << attest::testing::explain(appraisal);
            EXPECT_EQ(with(Outcome::Failed, appraisal), defect.rules);
            EXPECT_EQ(appraisal.claims(), nullptr);
        }
}

TEST(TdxStrict, AcceptsWhatIsRightInEveryPart) {
    for (std::uint16_t const version : {std::uint16_t{4}, std::uint16_t{5}}) {
        auto const appraisal = Intel::good_domain(version).run();
        EXPECT_EQ(appraisal.verdict(), Verdict::Accepted) << attest::testing::explain(appraisal);
        ASSERT_NE(appraisal.claims(), nullptr);
        EXPECT_EQ(appraisal.claims()->get<dcap::Claims>()->tcb.status, dcap::TcbStatus::UpToDate);
    }
    // Version 5 may carry the body of TDX 1.0.
    auto older = Intel::good_domain(5);
    older.domain->tail.reset();
    EXPECT_EQ(older.run().verdict(), Verdict::Accepted);
}

TEST(TdxStrict, RefusesEachDefectOfTheDomain) {
    expect_refused({
        {"debugging",
         [](Intel& i) {
             i.domain->body.td_attributes = i.domain->body.td_attributes | TdAttributes::debug;
         },
         {"tdx.attributes.debug"}},
        {"another bit of TUD",
         [](Intel& i) { i.domain->body.td_attributes = i.domain->body.td_attributes | 1U << 4; },
         {"tdx.attributes.debug"}},
        {"a reserved attribute",
         [](Intel& i) { i.domain->body.td_attributes = i.domain->body.td_attributes | 1U << 9; },
         {"tdx.attributes.reserved"}},
        {"pages that the host may take away",
         [](Intel& i) { i.domain->body.td_attributes = 0; },
         {"tdx.attributes.sept-ve-disable"}},
        {"migration",
         [](Intel& i) {
             i.domain->body.td_attributes = i.domain->body.td_attributes | TdAttributes::migratable;
         },
         {"tdx.attributes.migratable"}},
        {"other report data",
         [](Intel& i) { i.domain->body.report_data[63] ^= std::byte{1}; },
         {"tdx.report-data"}},
        {"another measurement",
         [](Intel& i) { i.domain->body.mr_td[0] ^= std::byte{1}; },
         {"tdx.measurement"}},
    });
}

TEST(TdxStrict, RefusesEachDefectOfTheModule) {
    expect_refused({
        {"a module that somebody else signed",
         [](Intel& i) { i.domain->body.mr_signer_seam[0] = std::byte{1}; },
         {"tdx.module.signer"}},
        {"attributes of the module",
         [](Intel& i) { i.domain->body.seam_attributes = 1; },
         {"tdx.module.signer"}},
        {"a version that TCB info does not know",
         [](Intel& i) { i.domain->module.version = 4; },
         {"tdx.module.level"}},
        {"an SVN below each level",
         [](Intel& i) { i.domain->module.levels = {{.svn = 6}}; },
         {"tdx.module.level"}},
        {"a level that is out of date",
         [](Intel& i) { i.domain->module.levels = {{.status = "OutOfDate"}}; },
         {"dcap.tcb.status"}},
        {"a level that is revoked",
         [](Intel& i) { i.domain->module.levels = {{.status = "Revoked"}}; },
         {"dcap.tcb.revoked", "dcap.tcb.status"}},
    });
}

TEST(TdxStrict, RefusesEachDefectOfThePlatform) {
    expect_refused({
        {"TDX components below each level",
         [](Intel& i) { i.domain->body.tee_tcb_svn[4] = std::byte{4}; },
         {"dcap.tcb.level"}},
        {"a platform out of date",
         [](Intel& i) { i.tcb_info.levels = {{.status = "OutOfDate"}}; },
         {"dcap.tcb.status"}},
        {"a quoting enclave of SGX",
         [](Intel& i) { i.quoting_enclave.isv_prod_id = 1; },
         {"dcap.qe.signer"}},
        {"an attestation key that nothing binds",
         [](Intel& i) { i.bind_attestation_key = false; },
         {"dcap.qe.binding"}},
        {"another key's signature",
         [](Intel& i) { i.enclave_by_stranger = true; },
         {"dcap.quote.signature"}},
        {"a root that is not pinned",
         [](Intel& i) { i.pin_root = false; },
         {"dcap.chain.root", "dcap.signing.root", "endorsements.verified"}},
    });
}

TEST(TdxStrict, IsUndecidedWhereADocumentIsMissingOrOfSgx) {
    for (std::uint16_t const version : {std::uint16_t{4}, std::uint16_t{5}}) {
        auto none = Intel::good_domain(version);
        none.tcb_info.present = false;
        EXPECT_EQ(none.run().verdict(), Verdict::Undecided);
        EXPECT_EQ(with(Outcome::Undecided, none.run()), Rules{"dcap.tcb-info.present"});
        auto unbound = Intel::good_domain(version);
        unbound.expected = attest::testing::unbound();
        EXPECT_EQ(
            with(Outcome::Undecided, unbound.run()), (Rules{"tdx.report-data", "tdx.measurement"})
        );
    }
}

} // namespace
