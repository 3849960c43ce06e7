// Defects that other defects usually hide: of each of these, one rule alone speaks. Together with
// what the other tests appraise they show that no rule could be switched off unseen (rules.py).

#include "amd.hpp"
#include "attest/application.hpp"
#include "attest/none/examine.hpp"
#include "hw/tdx/report.hpp"
#include "intel.hpp"
#include "nitro.hpp"
#include "outcomes.hpp"

#include <gtest/gtest.h>

namespace {

using namespace attest;
using forged::Amd;
using forged::Bytes;
using forged::Intel;
using forged::Nitro;
using forged::Rules;
using hw::tdx::TdAttributes;

// Failed or looked at and undecided.
Rules spoken(std::vector<Finding> const& findings) {
    Rules out;
    for (auto const& [rule, outcome, detail] : findings)
        if ((outcome == Outcome::Failed || outcome == Outcome::Undecided) &&
            !detail.found.starts_with("not reached") &&
            std::ranges::find(out, rule->id) == out.end())
            out.push_back(rule->id);
    return out;
}

template <class Vendor> struct Row {
    std::string_view rule;
    void (*make)(Vendor&);
};

template <class Vendor> void off(Vendor& of, std::initializer_list<std::string_view> rules) {
    for (auto const rule : rules) of.policy.set(*find_rule(rule), false);
}

template <class Vendor> void expect_alone(Vendor of, Row<Vendor> const& row) {
    SCOPED_TRACE(row.rule);
    of.policy.set(*find_rule(row.rule), true);
    row.make(of);
    auto const appraisal = of.run();
    EXPECT_EQ(spoken(appraisal.findings()), Rules{row.rule}) << attest::testing::explain(appraisal);
    EXPECT_EQ(appraisal.claims(), nullptr);
}

TEST(Alone, RulesOnChainsAndDocumentsOfIntel) {
    std::vector<Row<Intel>> const rows{
        {"dcap.certification.chain", [](Intel& i) { i.with_root = false; }},
        {"dcap.chain.complete",
         [](Intel& i) {
             i.with_platform_ca = i.with_platform_list = false;
             off(i, {"dcap.certification.chain", "endorsements.verified"});
         }},
        {"dcap.chain.signature",
         [](Intel& i) {
             i.pck_by_stranger = true;
             off(i, {"endorsements.verified"});
         }},
        {"dcap.pck.profile", [](Intel& i) { i.sgx_extensions = false; }},
        {"dcap.signing.complete",
         [](Intel& i) {
             i.signing_below_other_root = true;
             off(i, {"endorsements.verified"});
         }},
        {"dcap.signing.root",
         [](Intel& i) {
             i.signing_below_other_root = i.with_other_root = true;
             off(i, {"endorsements.verified"});
         }},
        {"dcap.signing.authority",
         [](Intel& i) {
             i.signing.extensions = forged::extension("1.2.3.4", forged::integer(1), true);
         }},
        {"dcap.signing.signature",
         [](Intel& i) {
             i.signing_by_stranger = true;
             off(i, {"endorsements.verified"});
         }},
        {"dcap.collateral.signature",
         [](Intel& i) {
             i.identity.by_stranger = true;
             off(i, {"endorsements.verified"});
         }},
        {"dcap.tcb.revoked",
         [](Intel& i) {
             i.tcb_info.levels[0].status = "Revoked";
             off(i, {"dcap.tcb.status"});
         }},
        {"dcap.platform.dynamic", [](Intel& i) { i.platform_flags = 1; }},
        {"dcap.platform.cached-keys", [](Intel& i) { i.platform_flags = 2; }},
        {"dcap.platform.smt", [](Intel& i) { i.platform_flags = 4; }},
    };
    for (auto const& row : rows) expect_alone(Intel::good(), row);
}

TEST(Alone, RulesOnAnEnclave) {
    std::vector<Row<Intel>> const rows{
        {"sgx.attributes.aex-notify", [](Intel&) {}},
        {"sgx.misc-select",
         [](Intel& i) {
             i.enclave.misc_select = 1;
             i.policy.dcap.sgx.misc_select = 0;
         }},
        {"sgx.isv-ext-prod-id",
         [](Intel& i) { i.policy.dcap.sgx.isv_ext_prod_id.emplace().fill(std::byte{1}); }},
        {"sgx.isv-family-id",
         [](Intel& i) { i.policy.dcap.sgx.isv_family_id.emplace().fill(std::byte{1}); }},
        {"sgx.config-id",
         [](Intel& i) { i.policy.dcap.sgx.config_id.emplace().fill(std::byte{1}); }},
        {"sgx.config-svn", [](Intel& i) { i.policy.dcap.sgx.config_svn = 1; }},
    };
    for (auto const& row : rows) expect_alone(Intel::good(), row);
}

void set_attribute(Intel& intel, std::uint64_t bit) {
    auto& attributes = intel.domain->body.td_attributes;
    attributes = attributes | bit;
}

TEST(Alone, RulesOnADomain) {
    std::vector<Row<Intel>> const rows{
        {"tdx.attributes.pks", [](Intel& i) { set_attribute(i, TdAttributes::pks); }},
        {"tdx.attributes.kl", [](Intel& i) { set_attribute(i, TdAttributes::kl); }},
        {"tdx.attributes.perfmon", [](Intel& i) { set_attribute(i, TdAttributes::perfmon); }},
        {"tdx.xfam", [](Intel& i) { i.policy.dcap.tdx.xfam = 1; }},
        {"tdx.rtmr0", [](Intel& i) { i.policy.dcap.tdx.rtmr[0].emplace().fill(std::byte{1}); }},
        {"tdx.rtmr1", [](Intel& i) { i.policy.dcap.tdx.rtmr[1].emplace().fill(std::byte{1}); }},
        {"tdx.rtmr2", [](Intel& i) { i.policy.dcap.tdx.rtmr[2].emplace().fill(std::byte{1}); }},
        {"tdx.rtmr3", [](Intel& i) { i.policy.dcap.tdx.rtmr[3].emplace().fill(std::byte{1}); }},
        {"tdx.mr-config-id",
         [](Intel& i) { i.policy.dcap.tdx.mr_config_id.emplace().fill(std::byte{1}); }},
        {"tdx.mr-owner", [](Intel& i) { i.policy.dcap.tdx.mr_owner.emplace().fill(std::byte{1}); }},
        {"tdx.mr-owner-config",
         [](Intel& i) { i.policy.dcap.tdx.mr_owner_config.emplace().fill(std::byte{1}); }},
        {"tdx.mr-seam", [](Intel& i) { i.policy.dcap.tdx.mr_seams.emplace(); }},
        {"tdx.mr-service-td", [](Intel& i) { i.policy.dcap.tdx.mr_service_tds.emplace(); }},
    };
    for (auto const& row : rows)
        for (auto const version : {std::uint16_t{4}, std::uint16_t{5}})
            expect_alone(Intel::good_domain(version), row);
}

TEST(Alone, RulesOnFirmwareAndEnclavesOfNitro) {
    expect_alone<Amd>(
        Amd::good(hw::snp::Product::Genoa),
        {"snp.tcb.current", [](Amd& a) {
             a.leaf_tcb.snp = 1;
             auto const old = forged::encoded(a.leaf_tcb, a.product);
             auto& r = a.report;
             r.current_tcb = r.reported_tcb = r.committed_tcb = r.launch_tcb = old;
             off(a, {"snp.tcb.reported", "snp.tcb.committed", "snp.tcb.launch"});
         }}
    );
    expect_alone<Nitro>(Nitro::good(), {"nitro.chain.complete", [](Nitro& n) {
                                            n.with_zone = false;
                                        }});
    expect_alone<Nitro>(Nitro::good(), {"nitro.enclave.debug", [](Nitro& n) {
                                            for (auto& pcr : n.pcrs) pcr.second = Bytes(48);
                                            n.expected.measurements =
                                                Measurements::any_of({Bytes(48)});
                                        }});
}

protocol::evidence::NoHardware without_hardware() {
    protocol::evidence::NoHardware out{};
    out.application.workload.fill(std::byte{1});
    out.application.configuration.fill(std::byte{2});
    out.report_data = report_data_of(out.application);
    return out;
}

TEST(Alone, RulesOnEvidenceWithoutHardware) {
    auto const expect = [](std::string_view rule, base::View bytes, none::Wanted const& wanted) {
        auto const policy = Policy::authentic();
        auto const examination = none::examine(bytes, policy, wanted);
        attest::testing::record(examination.findings());
        EXPECT_EQ(spoken(examination.findings()), Rules{rule});
    };
    auto const good = protocol::evidence::encode(without_hardware());
    protocol::evidence::Digest other{};
    expect("none.workload", good.view(), {.workload = other});
    expect("none.configuration", good.view(), {.configuration = other});
    auto const byte = protocol::evidence::UserData::of(std::array{std::byte{1}});
    expect("none.user-data", good.view(), {.user_data = *byte});
    auto unbound = without_hardware();
    unbound.report_data[0] ^= std::byte{1};
    expect("none.binding", protocol::evidence::encode(unbound).view(), {});
    expect("none.form", good.view().first(20), {});
}

} // namespace
