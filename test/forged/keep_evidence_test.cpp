// Evidence of a Keep as it is given out, with what runs in it and its certificates beside the
// report, through the library's C interface: what is believed of that, and what is not.

#include "amd.hpp"
#include "attest/application.hpp"
#include "attest/attest.h"
#include "protocol/evidence/vouched.hpp"

#include <gtest/gtest.h>

namespace {

using forged::Amd;
using forged::Bytes;
using protocol::evidence::Application;
using protocol::evidence::UserData;

Application some_application() {
    Application out{};
    out.workload.fill(std::byte{0x11});
    out.configuration.fill(std::byte{0x22});
    out.user_data = *UserData::of(base::view_of("a nonce"));
    return out;
}

// Safety: the interface only reads.
enarx_attest_bytes c_bytes(base::View bytes) {
    return {reinterpret_cast<std::uint8_t const*>(bytes.data()), bytes.size()};
}
Bytes copy(enarx_attest_bytes bytes) {
    auto const* data = reinterpret_cast<std::byte const*>(bytes.data);
    return {data, data + bytes.size};
}
bool same(enarx_attest_bytes one, base::View other) { return base::equal(copy(one), other); }

// What a relying party in C has, and evidence of a Keep in which `runs` runs.
struct RelyingParty {
    Application runs = some_application();
    Amd amd = Amd::good(hw::snp::Product::Genoa);
    Bytes evidence; // wrapped, and certificates with it
    Bytes report;
    enarx_attest_verifier* verifier = enarx_attest_verifier_without_roots();
    enarx_attest_endorsements* roots = enarx_attest_endorsements_new();
    enarx_attest_endorsements* lists = enarx_attest_endorsements_new();
    enarx_attest_policy* policy = enarx_attest_policy_strict();
    enarx_attest_request request{};

    explicit RelyingParty(bool bound = true) {
        auto const data = attest::report_data_of(runs);
        std::ranges::copy(data, amd.report.report_data.begin());
        if (!bound) amd.report.report_data[5] ^= std::byte{1};
        report = amd.signed_report();
        evidence = protocol::evidence::encode(
            protocol::evidence::Vouched{
                .report = report, .application = runs, .certificates = amd.signed_leaf()
            }
        );
        EXPECT_EQ(enarx_attest_endorsements_add(roots, c_bytes(amd.root()), "root"), nullptr);
        EXPECT_TRUE(enarx_attest_verifier_add_roots(verifier, roots, ENARX_ATTEST_FOR_AMD_GENOA));
        for (auto const& file : amd.endorsement_files())
            EXPECT_EQ(enarx_attest_endorsements_add(lists, c_bytes(file), "list"), nullptr);
        request = {
            .size = sizeof request,
            .evidence = c_bytes(evidence),
            .endorsements = lists,
            .policy = policy,
            .report_data = {.binding = ENARX_ATTEST_UNBOUND, .values = nullptr, .count = 0},
            .measurements = {.binding = ENARX_ATTEST_ONE_OF, .values = &measurement_, .count = 1},
            .at = amd.at.time_since_epoch().count(),
            .kinds = 0,
            .workload = c_bytes(runs.workload),
            .configuration = c_bytes(runs.configuration),
            .user_data = c_bytes(runs.user_data.view()),
        };
    }
    ~RelyingParty() {
        enarx_attest_policy_free(policy);
        enarx_attest_endorsements_free(lists);
        enarx_attest_endorsements_free(roots);
        enarx_attest_verifier_free(verifier);
    }
    RelyingParty(RelyingParty const&) = delete;
    RelyingParty& operator=(RelyingParty const&) = delete;

    struct Freeing {
        void operator()(enarx_attest_appraisal* appraisal) const {
            enarx_attest_appraisal_free(appraisal);
        }
    };
    std::unique_ptr<enarx_attest_appraisal, Freeing> appraise() const {
        return std::unique_ptr<enarx_attest_appraisal, Freeing>{
            enarx_attest_appraise(verifier, &request)
        };
    }
    std::optional<enarx_attest_verdict> verdict() const {
        auto const appraisal = appraise();
        if (!appraisal) return {};
        return enarx_attest_appraisal_verdict(appraisal.get());
    }
    void expect_nothing() { request.workload = request.configuration = request.user_data = {}; }

private:
    enarx_attest_bytes measurement_ = c_bytes(amd.report.measurement);
};

TEST(KeepEvidence, IsAcceptedWithItsOwnCertificatesAndTellsWhatRuns) {
    RelyingParty const here;
    auto const appraisal = here.appraise();
    ASSERT_TRUE(appraisal);
    EXPECT_EQ(enarx_attest_appraisal_verdict(appraisal.get()), ENARX_ATTEST_ACCEPTED);
    EXPECT_TRUE(same(enarx_attest_appraisal_workload(appraisal.get()), here.runs.workload));
    EXPECT_TRUE(
        same(enarx_attest_appraisal_configuration(appraisal.get()), here.runs.configuration)
    );
    EXPECT_TRUE(
        same(enarx_attest_appraisal_user_data(appraisal.get()), here.runs.user_data.view())
    );
}

// A root among the certificates beside it counts for nothing.
TEST(KeepEvidence, IsRefusedUnderAnotherRoot) {
    RelyingParty here;
    enarx_attest_verifier_free(here.verifier);
    here.verifier = enarx_attest_verifier_new();
    here.evidence = protocol::evidence::encode(
        protocol::evidence::Vouched{
            .report = here.report, .application = here.runs, .certificates = here.amd.root()
        }
    );
    here.request.evidence = c_bytes(here.evidence);
    ASSERT_EQ(
        enarx_attest_endorsements_add(here.lists, c_bytes(here.amd.signed_leaf()), "leaf"), nullptr
    );
    EXPECT_EQ(here.verdict(), ENARX_ATTEST_REFUSED);
}

TEST(KeepEvidence, OfAnotherApplicationIsRefusedAndOfAPartThatNobodyNamedUndecided) {
    auto const other = Bytes(32, std::byte{0x33});
    for (auto const part :
         {&enarx_attest_request::workload, &enarx_attest_request::configuration}) {
        RelyingParty here;
        here.request.*part = c_bytes(other);
        EXPECT_EQ(here.verdict(), ENARX_ATTEST_REFUSED);
        here.expect_nothing();
        here.request.*part = c_bytes(other);
        EXPECT_EQ(here.verdict(), ENARX_ATTEST_REFUSED);
    }
    RelyingParty here;
    here.request.user_data = c_bytes(base::view_of("another nonce"));
    EXPECT_EQ(here.verdict(), ENARX_ATTEST_REFUSED);
    here.request.user_data = {};
    EXPECT_EQ(here.verdict(), ENARX_ATTEST_UNDECIDED); // strict: it could be old
    here.expect_nothing();
    EXPECT_EQ(here.verdict(), ENARX_ATTEST_UNDECIDED);
}

TEST(KeepEvidence, WhoseReportDoesNotBindWhatStandsBesideItSaysNothingOfIt) {
    RelyingParty here{false};
    EXPECT_EQ(here.verdict(), ENARX_ATTEST_REFUSED);
    here.expect_nothing();
    ASSERT_TRUE(enarx_attest_policy_set(here.policy, "snp.report-data", false));
    auto const appraisal = here.appraise();
    ASSERT_TRUE(appraisal);
    EXPECT_EQ(enarx_attest_appraisal_verdict(appraisal.get()), ENARX_ATTEST_ACCEPTED);
    EXPECT_EQ(enarx_attest_appraisal_workload(appraisal.get()).data, nullptr);
    EXPECT_EQ(enarx_attest_appraisal_user_data(appraisal.get()).size, 0U);
    RelyingParty bound;
    bound.expect_nothing();
    ASSERT_TRUE(enarx_attest_policy_set(bound.policy, "snp.report-data", false));
    auto const told = bound.appraise();
    ASSERT_TRUE(told);
    EXPECT_TRUE(same(enarx_attest_appraisal_workload(told.get()), bound.runs.workload));
}

// What is named may be right where what stands beside the report is not: the rest is still unknown.
TEST(KeepEvidence, WhatIsNamedDoesNotStandForWhatIsNot) {
    RelyingParty here;
    auto said = here.runs;
    said.workload.fill(std::byte{0x33});
    here.evidence = protocol::evidence::encode(
        protocol::evidence::Vouched{
            .report = here.report, .application = said, .certificates = here.amd.signed_leaf()
        }
    );
    here.request.evidence = c_bytes(here.evidence);
    EXPECT_EQ(here.verdict(), ENARX_ATTEST_ACCEPTED); // all three are named
    here.request.user_data = {};
    EXPECT_EQ(here.verdict(), ENARX_ATTEST_UNDECIDED);
}

TEST(KeepEvidence, AReportAloneWantsAllThatItIsADigestOf) {
    RelyingParty here;
    here.request.evidence = c_bytes(here.report);
    ASSERT_EQ(
        enarx_attest_endorsements_add(here.lists, c_bytes(here.amd.signed_leaf()), "leaf"), nullptr
    );
    EXPECT_EQ(here.verdict(), ENARX_ATTEST_ACCEPTED);
    here.request.user_data = {};
    EXPECT_FALSE(here.verdict());
}

TEST(KeepEvidence, AWishThatCannotBeMeantIsAnError) {
    RelyingParty here;
    auto const data = here.amd.report.report_data;
    auto const bound = c_bytes(data);
    here.request.report_data = {.binding = ENARX_ATTEST_ONE_OF, .values = &bound, .count = 1};
    EXPECT_EQ(here.verdict(), ENARX_ATTEST_ACCEPTED);
    auto const other = Bytes(64, std::byte{1});
    auto const contrary = c_bytes(other);
    here.request.report_data.values = &contrary;
    EXPECT_FALSE(here.verdict());
    for (std::size_t const size : {0U, 31U, 33U}) {
        RelyingParty odd;
        odd.request.workload = c_bytes(base::View{other}.first(size));
        EXPECT_FALSE(odd.verdict()) << size;
    }
    RelyingParty odd;
    auto const long_data = Bytes(65);
    odd.request.user_data = c_bytes(long_data);
    EXPECT_FALSE(odd.verdict());
    odd.request.user_data = {.data = nullptr, .size = 1};
    EXPECT_FALSE(odd.verdict());
}

TEST(KeepEvidence, ARequestOfTheSizeThatItHadBeforeNamesNoApplication) {
    RelyingParty here;
    here.request.size = offsetof(enarx_attest_request, workload);
    here.request.workload = {.data = nullptr, .size = 1}; // not there, as the size says
    EXPECT_EQ(here.verdict(), ENARX_ATTEST_UNDECIDED);
    here.request.size = sizeof here.request - 1;
    EXPECT_FALSE(here.verdict());
}

} // namespace
