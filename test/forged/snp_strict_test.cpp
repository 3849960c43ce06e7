// `strict` accepts SEV-SNP evidence that is right in every part, and refuses each single defect by
// the rule that speaks of it and by no other.

#include "amd.hpp"
#include "outcomes.hpp"

#include <gtest/gtest.h>

namespace {

using namespace attest;
using forged::Amd;
using forged::Rules;
using forged::with;
using hw::snp::GuestPolicy;
using hw::snp::Product;

constexpr std::array products{Product::Milan, Product::Genoa, Product::Turin};

struct Defect {
    std::string_view what;
    void (*make)(Amd&);
    Rules refused_by;
};

void expect_refused(Defect const& defect, Product product, bool vlek = false) {
    SCOPED_TRACE(defect.what);
    auto amd = Amd::good(product, vlek);
    defect.make(amd);
    auto const appraisal = amd.run();
    EXPECT_EQ(appraisal.verdict(), Verdict::Refused) << attest::testing::explain(appraisal);
    EXPECT_EQ(with(Outcome::Failed, appraisal), defect.refused_by);
    EXPECT_EQ(appraisal.claims(), nullptr);
}

void expect_undecided(Defect const& defect) {
    SCOPED_TRACE(defect.what);
    auto amd = Amd::good(Product::Genoa);
    defect.make(amd);
    auto const appraisal = amd.run();
    EXPECT_EQ(appraisal.verdict(), Verdict::Undecided) << attest::testing::explain(appraisal);
    EXPECT_EQ(with(Outcome::Failed, appraisal), Rules{});
    for (auto const rule : defect.refused_by)
        EXPECT_EQ(attest::testing::outcome_of(appraisal, rule), Outcome::Undecided) << rule;
}

// A TCB of which one part is below the floor and the leaf says the same.
hw::snp::TcbVersion old(Amd const& amd) {
    auto tcb = amd.leaf_tcb;
    tcb.snp = 1;
    return forged::encoded(tcb, amd.product);
}

TEST(SnpStrict, AcceptsWhatIsRightInEveryPart) {
    for (auto const product : products)
        for (bool const vlek : {false, true}) {
            auto const appraisal = Amd::good(product, vlek).run();
            EXPECT_EQ(appraisal.verdict(), Verdict::Accepted)
                << attest::testing::explain(appraisal);
            EXPECT_EQ(with(Outcome::Failed, appraisal), Rules{});
            EXPECT_EQ(with(Outcome::Undecided, appraisal), Rules{});
            ASSERT_NE(appraisal.claims(), nullptr);
            EXPECT_EQ(appraisal.claims()->get<snp::Claims>()->product, product);
        }
}

// A version 4 has the fields of a version 3.
TEST(SnpStrict, AcceptsEachVersionOfTheReportThatThereIs) {
    for (unsigned version = 0; version < 8; ++version) {
        auto amd = Amd::good(Product::Genoa);
        amd.report.version = version;
        if (version < 3) amd.report.cpuid_fam_id = amd.report.cpuid_mod_id = 0;
        if (version < 3) amd.report.cpuid_step = 0;
        auto const appraisal = amd.run();
        EXPECT_EQ(appraisal.verdict() == Verdict::Accepted, version >= 2 && version <= 5)
            << version << attest::testing::explain(appraisal);
    }
}

TEST(SnpStrict, RefusesARootThatIsPinnedForAnotherVendorOrAnotherProcessor) {
    for (auto const product : products)
        for (auto const purpose : all_purposes) {
            if (purpose == purpose_of(product)) continue;
            auto amd = Amd::good(product);
            amd.pinned_for = {purpose};
            EXPECT_EQ(with(Outcome::Failed, amd.run()), Rules{"snp.chain.root"});
        }
}

TEST(SnpStrict, RefusesAKindOfEvidenceThatIsNotAskedFor) {
    auto amd = Amd::good(Product::Genoa);
    amd.kinds = {Kind::TdxQuote, Kind::SgxQuote};
    EXPECT_EQ(with(Outcome::Failed, amd.run()), Rules{"evidence.kind"});
}

TEST(SnpStrict, RefusesEachDefectOfTheReportsForm) {
    std::vector<Defect> const defects{
        {"a version that nobody defined",
         [](Amd& a) { a.report.version = 6; },
         {"snp.report.version"}},
        {"another signature algorithm",
         [](Amd& a) { a.report.signature_algo = 2; },
         {"snp.report.signature-algorithm"}},
        {"MASK_CHIP_KEY", [](Amd& a) { a.report.key_info = 2; }, {"snp.report.mask-chip-key"}},
        {"no signing key", [](Amd& a) { a.report.key_info = 7U << 2; }, {"snp.report.signing-key"}},
        {"a byte behind R",
         [](Amd& a) { a.damage_signature_padding = true; },
         {"snp.report.signature-padding"}},
        {"a byte behind the report", [](Amd& a) { a.trailing.resize(1); }, {"snp.report.size"}},
        {"a processor of another product",
         [](Amd& a) { a.report.cpuid_fam_id = a.product == Product::Turin ? 0x19 : 0x1a; },
         {"snp.report.product"}},
        {"a reserved byte",
         [](Amd& a) { a.report.reserved_208[9] = std::byte{1}; },
         {"snp.report.reserved"}},
        {"a reserved bit",
         [](Amd& a) { a.report.key_info = a.report.key_info | 1U << 31; },
         {"snp.report.reserved"}},
        {"a reserved byte of a TCB",
         [](Amd& a) { a.report.launch_tcb.raw[5] = std::byte{1}; },
         {"snp.report.reserved"}},
        {"another key's signature",
         [](Amd& a) { a.report_by_stranger = true; },
         {"snp.report.signature"}},
    };
    for (auto const product : products)
        for (auto const& defect : defects) expect_refused(defect, product);
}

TEST(SnpStrict, RefusesEachDefectOfTheLeaf) {
    using namespace std::chrono;
    std::vector<Defect> const defects{
        {"a key on P-256",
         [](Amd& a) { a.leaf_kind = forged::KeyKind::P256; },
         {"snp.leaf.profile"}},
        {"a HWID of another length", [](Amd& a) { a.hwid.push_back({}); }, {"snp.leaf.profile"}},
        {"the intermediate of VLEKs",
         [](Amd& a) { a.leaf.issuer = a.ask.subject = "SEV-VLEK-" + a.ark.subject.substr(4); },
         {"snp.leaf.issuer"}},
        {"the intermediate of another product",
         [](Amd& a) { a.leaf.issuer = a.ask.subject = "SEV-Rome"; },
         {"snp.leaf.issuer"}},
        {"another TCB", [](Amd& a) { ++a.leaf_tcb.tee; }, {"snp.leaf.tcb"}},
        {"another chip", [](Amd& a) { a.hwid[0] = std::byte{1}; }, {"snp.leaf.hwid"}},
        {"expired", [](Amd& a) { a.leaf.not_after = a.at - seconds{1}; }, {"snp.chain.validity"}},
        {"not yet valid",
         [](Amd& a) { a.leaf.not_before = a.at + seconds{1}; },
         {"snp.chain.validity"}},
        {"signed by a stranger",
         [](Amd& a) { a.leaf_by_stranger = true; },
         {"snp.chain.signature"}},
        {"something critical and unknown",
         [](Amd& a) { a.leaf.extensions = forged::extension("1.2.3.4", forged::integer(1), true); },
         {"snp.chain.authority"}},
    };
    for (auto const product : products)
        for (auto const& defect : defects) expect_refused(defect, product);
    expect_refused(
        {"a VLEK of no provider", [](Amd& a) { a.csp_id.clear(); }, {"snp.leaf.csp-id"}},
        Product::Milan,
        true
    );
}

TEST(SnpStrict, RefusesEachDefectOfChainAndList) {
    using namespace std::chrono;
    std::vector<Defect> const defects{
        {"another root of the same name", [](Amd& a) { a.pin_ark = false; }, {"snp.chain.root"}},
        {"an ASK that is no authority",
         [](Amd& a) { a.ask.authority = false; },
         {"snp.chain.authority"}},
        {"an ARK that allows no intermediate",
         [](Amd& a) { a.ark.path_length = 0; },
         {"snp.chain.authority"}},
        {"an ASK of a stranger", [](Amd& a) { a.ask_by_stranger = true; }, {"snp.chain.signature"}},
        {"an expired ASK",
         [](Amd& a) { a.ask.not_after = a.at - seconds{1}; },
         {"snp.chain.validity"}},
        {"an expired ARK",
         [](Amd& a) { a.ark.not_after = a.at - seconds{1}; },
         {"snp.chain.validity"}},
        {"the ASK revoked",
         [](Amd& a) { a.list.revoked.push_back(a.ask.serial); },
         {"snp.crl.clean"}},
        {"a list of a stranger", [](Amd& a) { a.list_by_stranger = true; }, {"snp.crl.signature"}},
        {"a list of tomorrow",
         [](Amd& a) { a.list.this_update = a.at + seconds{1}; },
         {"snp.crl.fresh"}},
        {"a foreign certificate beside it all",
         [](Amd& a) {
             auto const key = forged::Key::generate(forged::KeyKind::P384);
             auto form = a.ark;
             form.subject = form.issuer = "somebody";
             a.bystander = forged::certificate(form, key, key);
         },
         {"endorsements.verified"}},
    };
    for (auto const product : products)
        for (auto const& defect : defects) expect_refused(defect, product);
}

TEST(SnpStrict, RefusesEachTcbBelowTheFloor) {
    std::vector<Defect> const defects{
        {"committed", [](Amd& a) { a.report.committed_tcb = old(a); }, {"snp.tcb.committed"}},
        {"launch", [](Amd& a) { a.report.launch_tcb = old(a); }, {"snp.tcb.launch"}},
        {"reported, and the leaf with it",
         [](Amd& a) {
             a.report.reported_tcb = old(a);
             a.leaf_tcb.snp = 1;
         },
         {"snp.tcb.reported"}},
        {"current, below all others",
         [](Amd& a) { a.report.current_tcb = old(a); },
         {"snp.tcb.current", "snp.tcb.order"}},
        {"a committed version above the current one",
         [](Amd& a) { ++a.report.committed.build; },
         {"snp.tcb.order"}},
    };
    for (auto const product : products)
        for (auto const& defect : defects) expect_refused(defect, product);
}

TEST(SnpStrict, KnowsTheMicrocodeOfEachSteppingAndTakesTheHighestWhereTheReportDoesNotSay) {
    struct Row {
        Product product;
        std::uint8_t model, stepping, floor; // floors: AMD-SB-3019
    };
    for (auto const& row :
         {Row{Product::Milan, 0x01, 1, 0xdb},
          Row{Product::Milan, 0x01, 2, 0x44},
          Row{Product::Genoa, 0x11, 1, 0x54},
          Row{Product::Genoa, 0x11, 2, 0x4f},
          Row{Product::Genoa, 0xa0, 2, 0x19},
          Row{Product::Genoa, 0x11, 9, 0x54}, // unknown
          Row{Product::Turin, 0x02, 1, 0x47}})
        for (int const below : {0, 1}) {
            auto amd = Amd::good(row.product);
            amd.leaf_tcb.microcode = std::uint8_t(row.floor - below);
            auto& report = amd.report;
            report.cpuid_mod_id = row.model;
            report.cpuid_step = row.stepping;
            report.current_tcb = report.reported_tcb = report.committed_tcb = report.launch_tcb =
                forged::encoded(amd.leaf_tcb, row.product);
            EXPECT_EQ(amd.run().verdict(), below ? Verdict::Refused : Verdict::Accepted)
                << int(row.model) << " " << int(row.stepping);
        }
    auto amd = Amd::good(Product::Milan);
    amd.report.version = 2;
    amd.report.cpuid_fam_id = amd.report.cpuid_mod_id = amd.report.cpuid_step = 0;
    EXPECT_EQ(amd.run().verdict(), Verdict::Accepted);
    amd.leaf_tcb.microcode = 0xda;
    amd.report.reported_tcb = forged::encoded(amd.leaf_tcb, amd.product);
    EXPECT_EQ(with(Outcome::Failed, amd.run()), Rules{"snp.tcb.reported"});
}

TEST(SnpStrict, RefusesWhatTheGuestsOwnerMustNotAllow) {
    std::vector<Defect> const defects{
        {"DEBUG",
         [](Amd& a) { a.report.policy = a.report.policy | GuestPolicy::Debug::mask; },
         {"snp.policy.debug"}},
        {"MIGRATE_MA",
         [](Amd& a) { a.report.policy = a.report.policy | GuestPolicy::MigrateMa::mask; },
         {"snp.policy.migration"}},
        {"bit 17 clear",
         [](Amd& a) { a.report.policy = a.report.policy & ~GuestPolicy::MustBeOne::mask; },
         {"snp.policy.form"}},
        {"a reserved bit of POLICY",
         [](Amd& a) { a.report.policy = a.report.policy | 1ULL << 40; },
         {"snp.policy.form"}},
        {"an ABI above the firmware's",
         [](Amd& a) { a.report.policy = (1ULL << 17) | 0x0200; },
         {"snp.policy.abi"}},
        {"VMPL 1", [](Amd& a) { a.report.vmpl = 1; }, {"snp.vmpl"}},
        {"other report data",
         [](Amd& a) { a.report.report_data[63] ^= std::byte{1}; },
         {"snp.report-data"}},
        {"another measurement",
         [](Amd& a) { a.report.measurement[0] ^= std::byte{1}; },
         {"snp.measurement"}},
    };
    for (auto const product : products)
        for (auto const& defect : defects) expect_refused(defect, product);
}

TEST(SnpStrict, ComparesEachValueThatThePolicyNames) {
    std::vector<Defect> const defects{
        {"guest SVN", [](Amd& a) { a.policy.snp.guest_svn = 1; }, {"snp.guest-svn"}},
        {"family id",
         [](Amd& a) { a.policy.snp.family_id = base::Bytes<16>{std::byte{1}}; },
         {"snp.family-id"}},
        {"image id",
         [](Amd& a) { a.policy.snp.image_id = base::Bytes<16>{std::byte{1}}; },
         {"snp.image-id"}},
        {"host data",
         [](Amd& a) { a.policy.snp.host_data = base::Bytes<32>{std::byte{1}}; },
         {"snp.host-data"}},
        {"id key", [](Amd& a) { a.policy.snp.id_key_digests.emplace(); }, {"snp.id-key"}},
        {"author key that is not enabled",
         [](Amd& a) { a.policy.snp.author_key_digests = {a.report.author_key_digest}; },
         {"snp.author-key"}},
        {"chip", [](Amd& a) { a.policy.snp.chip_ids.emplace(); }, {"snp.chip-id"}},
        {"provider", [](Amd& a) { a.policy.snp.csp_ids = {"a provider"}; }, {"snp.csp"}},
    };
    for (auto const& defect : defects) expect_refused(defect, Product::Genoa);
    for (auto const* rule :
         {"snp.policy.single-socket",
          "snp.policy.aes-256-xts",
          "snp.policy.rapl",
          "snp.policy.ciphertext-hiding",
          "snp.policy.page-swap",
          "snp.platform.tsme",
          "snp.platform.ecc",
          "snp.platform.rapl",
          "snp.platform.ciphertext-hiding",
          "snp.platform.alias-check"}) {
        auto amd = Amd::good(Product::Genoa);
        amd.policy.set(*find_rule(rule), true);
        EXPECT_EQ(with(Outcome::Failed, amd.run()), Rules{rule});
        amd.report.policy = amd.report.policy | 0x3d00000U;
        amd.report.platform_info = 0x3e;
        EXPECT_EQ(amd.run().verdict(), Verdict::Accepted) << rule;
    }
    for (auto const* rule : {"snp.policy.smt", "snp.policy.cxl", "snp.platform.smt"}) {
        auto amd = Amd::good(Product::Genoa);
        amd.policy.set(*find_rule(rule), true);
        EXPECT_EQ(amd.run().verdict(), Verdict::Accepted) << rule;
        amd.report.policy =
            amd.report.policy | GuestPolicy::Smt::mask | GuestPolicy::CxlAllow::mask;
        amd.report.platform_info = 1;
        EXPECT_EQ(with(Outcome::Failed, amd.run()), Rules{rule});
    }
}

TEST(SnpStrict, IsUndecidedWhereSomethingIsMissingOrStale) {
    using namespace std::chrono;
    for (auto const& defect : std::vector<Defect>{
             {"no ASK", [](Amd& a) { a.with_ask = false; }, {"snp.chain.complete"}},
             {"no list", [](Amd& a) { a.with_list = false; }, {"snp.crl.present"}},
             {"a stale list",
              [](Amd& a) { a.list.next_update = a.at - seconds{1}; },
              {"snp.crl.fresh"}},
             {"a masked chip", [](Amd& a) { a.report.chip_id.fill({}); }, {"snp.leaf.hwid"}},
             {"nothing to compare with",
              [](Amd& a) { a.expected = attest::testing::unbound(); },
              {"snp.report-data", "snp.measurement"}},
             {"a rule turned on without its value",
              [](Amd& a) { a.policy.set(*find_rule("snp.chip-id"), true); },
              {"snp.chip-id"}},
         })
        expect_undecided(defect);
}

} // namespace
