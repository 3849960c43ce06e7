// Every SGX and TDX vector of the manifest gives the outcome that it expects. No vector is named
// here.

#include "attest/dcap/claims.hpp"
#include "attest/testing/appraise.hpp"
#include "attest/testing/vectors.hpp"
#include "attest/text.hpp"

#include <gtest/gtest.h>

namespace {

using namespace attest;
using namespace attest::testing;
using namespace std::chrono_literals;

Vectors const& vectors() { return Vectors::instance(); }

constexpr std::array quote_kinds{"sgx-quote-v3", "tdx-quote-v4", "tdx-quote-v5", "sgx-quote"};

Kind kind_of(Vector const& vector) {
    return vector.kind.starts_with("tdx") ? Kind::TdxQuote : Kind::SgxQuote;
}

std::vector<Vector> quotes(std::optional<bool> positive) {
    std::vector<Vector> out;
    for (auto const* kind : quote_kinds)
        for (auto const& vector : vectors().of_kind(kind))
            if (vector.positive == positive) out.push_back(vector);
    return out;
}

std::pair<std::chrono::sys_seconds, std::chrono::sys_seconds> window_of(Json const& window) {
    return {time_of(window.at(0)), time_of(window.at(1))};
}

Trial trial_of(Vector const& vector) {
    Trial out;
    out.evidence = vectors().read(vector.path);
    // Of the ones without a window: some time at which Intel's root is valid.
    out.at = time_of("2024-06-01T00:00:00Z");
    if (auto const window = vector.expectation("chain_valid_window"))
        out.at = window_of(*window).first + 24h;
    return out;
}

void add_signers(Endorsements& endorsements) {
    for (auto const& vector : vectors().of_kind("intel-tcb-signing-cert"))
        add(endorsements, vector.path);
}

// The list of the root may be missing, that of the PCK's issuer is there.
bool passed_once(Appraisal const& appraisal, std::string_view rule) {
    return std::ranges::any_of(appraisal.findings(), [&](Finding const& finding) {
        return finding.rule->id == rule && finding.outcome == Outcome::Passed;
    });
}

void expect_enclave(hw::sgx::ReportBody const& report, Json const& fields) {
    EXPECT_EQ(hex(report.cpu_svn), fields.at("cpusvn").get<std::string>());
    EXPECT_EQ(hex(std::uint64_t(report.misc_select)), fields.at("miscselect").get<std::string>());
    EXPECT_EQ(
        hex(std::bit_cast<base::Bytes<16>>(report.attributes)),
        fields.at("attributes").get<std::string>()
    );
    EXPECT_EQ(hex(report.mr_enclave), fields.at("mrenclave").get<std::string>());
    EXPECT_EQ(hex(report.mr_signer), fields.at("mrsigner").get<std::string>());
    EXPECT_EQ(std::uint16_t(report.isv_prod_id), fields.at("isvprodid"));
    EXPECT_EQ(std::uint16_t(report.isv_svn), fields.at("isvsvn"));
    EXPECT_EQ(hex(report.report_data), fields.at("reportdata").get<std::string>());
}

void expect_domain(dcap::TdBody const& body, Json const& fields) {
    auto const& report = body.report;
    EXPECT_EQ(hex(report.tee_tcb_svn), fields.at("tee_tcb_svn").get<std::string>());
    EXPECT_EQ(hex(report.mr_seam), fields.at("mrseam").get<std::string>());
    EXPECT_EQ(hex(report.mr_signer_seam), fields.at("mrsignerseam").get<std::string>());
    EXPECT_EQ(
        hex(std::bit_cast<base::Bytes<8>>(report.seam_attributes)),
        fields.at("seamattributes").get<std::string>()
    );
    EXPECT_EQ(
        hex(std::bit_cast<base::Bytes<8>>(report.td_attributes)),
        fields.at("tdattributes").get<std::string>()
    );
    EXPECT_EQ(
        hex(std::bit_cast<base::Bytes<8>>(report.xfam)), fields.at("xfam").get<std::string>()
    );
    EXPECT_EQ(hex(report.mr_td), fields.at("mrtd").get<std::string>());
    EXPECT_EQ(hex(report.mr_config_id), fields.at("mrconfigid").get<std::string>());
    EXPECT_EQ(hex(report.mr_owner), fields.at("mrowner").get<std::string>());
    EXPECT_EQ(hex(report.mr_owner_config), fields.at("mrownerconfig").get<std::string>());
    for (std::size_t i = 0; i < report.rtmr.size(); ++i)
        EXPECT_EQ(hex(report.rtmr[i]), fields.at("rtmr" + std::to_string(i)).get<std::string>());
    EXPECT_EQ(hex(report.report_data), fields.at("reportdata").get<std::string>());
    ASSERT_EQ(body.tail.has_value(), fields.contains("tee_tcb_svn2"));
    if (!body.tail) return;
    EXPECT_EQ(hex(body.tail->tee_tcb_svn_2), fields.at("tee_tcb_svn2").get<std::string>());
    EXPECT_EQ(hex(body.tail->mr_service_td), fields.at("mrservicetd").get<std::string>());
}

void expect_platform(dcap::Pck const& pck, Json const& fields) {
    EXPECT_EQ(hex(pck.ppid), fields.at("ppid").get<std::string>());
    EXPECT_EQ(Json(pck.components), fields.at("tcbcomp"));
    EXPECT_EQ(pck.pce_svn, fields.at("pcesvn"));
    EXPECT_EQ(hex(pck.cpu_svn), fields.at("cpusvn").get<std::string>());
    EXPECT_EQ(hex(pck.pce_id), fields.at("pceid").get<std::string>());
    EXPECT_EQ(hex(pck.fmspc), fields.at("fmspc").get<std::string>());
    EXPECT_EQ(int(pck.sgx_type), fields.at("sgxtype"));
    if (pck.platform_instance_id)
        EXPECT_EQ(
            hex(*pck.platform_instance_id), fields.at("platform_instance_id").get<std::string>()
        );
}

void expect_fields(dcap::Claims const& claims, Json const& fields) {
    EXPECT_EQ(std::uint16_t(claims.header.version), fields.at("version"));
    EXPECT_EQ(hex(claims.header.user_data), fields.at("user_data").get<std::string>());
    expect_enclave(claims.quoting_enclave, fields.at("qe_report"));
    expect_platform(claims.pck, fields.at("pck"));
    if (auto const* td = std::get_if<dcap::TdBody>(&claims.body))
        expect_domain(*td, fields.at("body"));
    else
        expect_enclave(std::get<hw::sgx::ReportBody>(claims.body), fields.at("body"));
}

// The rules of which one has to fail, from what the manifest says of the vector.
std::vector<std::string_view> rules_for(std::string const& reason) {
    if (reason.contains("truncated") || reason.contains("overflow")) return {"dcap.quote.size"};
    if (reason.contains("PCK certificate signature") || reason.contains("chain signature"))
        return {"dcap.chain.signature", "dcap.certification.chain"};
    if (reason.contains("not signed by this PCK")) return {"dcap.qe.signature"};
    if (reason.contains("incomplete chain")) return {"dcap.certification.chain"};
    if (reason.contains("not the pinned")) return {"dcap.chain.signature", "dcap.chain.root"};
    if (reason.contains("no PCK chain")) return {"dcap.pck.present"};
    if (reason.contains("test root")) return {"dcap.qe.attributes"};
    return {
        "dcap.quote.version",
        "dcap.quote.key-type",
        "dcap.quote.signature",
        "dcap.qe.binding",
        "dcap.qe.signature",
    };
}

TEST(DcapVectors, AuthenticAcceptsEachGoodQuoteAndItsClaimsAreTheQuotesFields) {
    int judged = 0;
    for (auto const& vector : quotes(true)) {
        SCOPED_TRACE(vector.path);
        auto const trial = trial_of(vector);
        auto const appraisal = trial.run(kind_of(vector));
        EXPECT_EQ(recognise(trial.evidence), kind_of(vector));
        ASSERT_EQ(appraisal.verdict(), Verdict::Accepted) << explain(appraisal);
        expect_fields(*appraisal.claims()->get<dcap::Claims>(), vector.all.at("fields"));
        ++judged;
    }
    EXPECT_GT(judged, 0);
}

TEST(DcapVectors, AuthenticAcceptsOnlyInsideTheWindowOfValidity) {
    for (auto const& vector : quotes(true)) {
        SCOPED_TRACE(vector.path);
        auto trial = trial_of(vector);
        auto const [first, last] = window_of(vector.expected().at("chain_valid_window"));
        for (auto const& [at, verdict] :
             {std::pair{first - 1s, Verdict::Refused},
              std::pair{first, Verdict::Accepted},
              std::pair{last, Verdict::Accepted},
              std::pair{last + 1s, Verdict::Refused}}) {
            trial.at = at;
            auto const appraisal = trial.run(kind_of(vector));
            EXPECT_EQ(appraisal.verdict(), verdict) << timestamp(at);
            EXPECT_EQ(failed(appraisal, "dcap.chain.validity"), verdict == Verdict::Refused);
        }
    }
}

TEST(DcapVectors, StrictNeverAcceptsWithoutCollateralReportDataAndMeasurementAndRefusesDebug) {
    for (auto const& vector : quotes(true)) {
        SCOPED_TRACE(vector.path);
        auto trial = trial_of(vector);
        trial.policy = Policy::strict();
        auto const appraisal = trial.run(kind_of(vector));
        EXPECT_NE(appraisal.verdict(), Verdict::Accepted);
        EXPECT_EQ(appraisal.claims(), nullptr);
        for (auto const* rule :
             {"dcap.crl.present", "dcap.tcb-info.present", "dcap.qe-identity.present"})
            EXPECT_EQ(outcome_of(appraisal, rule), Outcome::Undecided) << rule;
        std::string const tee = kind_of(vector) == Kind::TdxQuote ? "tdx" : "sgx";
        EXPECT_EQ(outcome_of(appraisal, tee + ".report-data"), Outcome::Undecided);
        EXPECT_EQ(outcome_of(appraisal, tee + ".measurement"), Outcome::Undecided);
        EXPECT_EQ(
            failed(appraisal, tee + ".attributes.debug"), vector.expected().at("debug").get<bool>()
        );
    }
}

TEST(DcapVectors, EachBadQuoteIsRefusedByTheRightRule) {
    int judged = 0;
    for (auto const& vector : quotes(false)) {
        SCOPED_TRACE(vector.path);
        auto const trial = trial_of(vector);
        auto const kind = recognise(trial.evidence);
        ASSERT_TRUE(kind == Kind::SgxQuote || kind == Kind::TdxQuote);
        auto const appraisal = trial.run(*kind);
        EXPECT_EQ(appraisal.verdict(), Verdict::Refused) << explain(appraisal);
        auto const reason =
            vector.expectation("reason").value_or(vector.expected().at("conclusion"));
        auto const rules = rules_for(reason);
        EXPECT_TRUE(std::ranges::any_of(rules, [&](auto rule) { return failed(appraisal, rule); }))
            << explain(appraisal);
        ++judged;
    }
    EXPECT_GT(judged, 0);
}

TEST(DcapVectors, AChainInAnotherOrderIsAccepted) {
    for (auto const& vector : quotes(std::nullopt)) {
        SCOPED_TRACE(vector.path);
        auto const trial = trial_of(vector);
        auto const appraisal = trial.run(kind_of(vector));
        EXPECT_EQ(appraisal.verdict(), Verdict::Accepted) << explain(appraisal);
    }
}

// One TCB info with the identity of the quoting enclave that is nearest in date.
void expect_evaluation(Vector const& vector, Json const& evaluation) {
    auto trial = trial_of(vector);
    auto const [first, last] = window_of(evaluation.at("window"));
    auto const chain = window_of(vector.expected().at("chain_valid_window"));
    trial.at = std::max(first, std::min(last, chain.first));
    if (trial.at < chain.first) trial.policy.set(*find_rule("dcap.chain.validity"), false);
    add_signers(trial.endorsements);
    add(trial.endorsements, evaluation.at("tcbinfo"));
    if (evaluation.contains("qe_identity")) {
        add(trial.endorsements, evaluation.at("qe_identity"));
        trial.policy.set(*find_rule("dcap.collateral.issued"), false);
    }
    auto const appraisal = trial.run(kind_of(vector));
    auto const status = evaluation.at("converged_status").get<std::string>();
    if (status == "NotFound") {
        EXPECT_EQ(appraisal.verdict(), Verdict::Refused);
        EXPECT_TRUE(failed(appraisal, "dcap.tcb.level"));
        return;
    }
    ASSERT_EQ(appraisal.verdict(), Verdict::Accepted) << explain(appraisal);
    auto const& tcb = appraisal.claims()->get<dcap::Claims>()->tcb;
    EXPECT_EQ(name_of(tcb.status.value()), status);
    EXPECT_EQ(timestamp(tcb.platform->date), evaluation.at("tcb_date").get<std::string>());
    EXPECT_EQ(Json(tcb.platform->advisories), evaluation.at("advisories"));
    EXPECT_EQ(tcb.module.has_value(), evaluation.contains("module_status"));
    if (tcb.module)
        EXPECT_EQ(name_of(tcb.module->status), evaluation.at("module_status").get<std::string>());
    EXPECT_EQ(tcb.quoting_enclave.has_value(), evaluation.contains("qe_identity"));
    if (tcb.quoting_enclave)
        EXPECT_EQ(
            name_of(tcb.quoting_enclave->status), evaluation.at("qe_status").get<std::string>()
        );
    // What is reported is also what `strict` demands.
    trial.policy = Policy::strict();
    EXPECT_EQ(failed(trial.run(kind_of(vector)), "dcap.tcb.status"), status != "UpToDate");
}

TEST(DcapVectors, EachTcbInfoGivesTheStatusTheDateAndTheAdvisoriesOfTheManifest) {
    int judged = 0;
    for (auto const& vector : quotes(true))
        for (auto const& evaluation : vector.expected().at("tcb_evaluations")) {
            if (!vectors().has(evaluation.at("tcbinfo"))) continue;
            SCOPED_TRACE(vector.path + " with " + evaluation.at("tcbinfo").get<std::string>());
            expect_evaluation(vector, evaluation);
            ++judged;
        }
    EXPECT_GT(judged, 0);
}

TEST(DcapVectors, RevocationListsAreSignedAndCleanWhereTheManifestSaysSo) {
    int judged = 0;
    for (auto const& vector : quotes(true))
        for (auto const& path :
             vector.expected().at("pck_not_revoked_in").get<std::vector<std::string>>()) {
            SCOPED_TRACE(vector.path + " with " + path);
            auto trial = trial_of(vector);
            add(trial.endorsements, path);
            trial.policy = Policy::strict();
            auto const appraisal = trial.run(kind_of(vector));
            for (auto const* rule : {"dcap.crl.present", "dcap.crl.signature", "dcap.crl.clean"}) {
                EXPECT_TRUE(passed_once(appraisal, rule)) << rule;
                EXPECT_FALSE(failed(appraisal, rule)) << rule;
            }
            ++judged;
        }
    EXPECT_GT(judged, 0);
}

// Documents alone say nothing of a platform; given with any quote they have to verify.
TEST(DcapVectors, EachDocumentVerifiesOrIsRefusedWithAnyQuote) {
    int judged = 0;
    for (auto const* kind : {"intel-tcbinfo", "intel-qe-identity"})
        for (auto const& document : vectors().of_kind(kind)) {
            SCOPED_TRACE(document.path);
            auto trial = trial_of(quotes(true).at(0));
            add_signers(trial.endorsements);
            add(trial.endorsements, document.path);
            auto const appraisal = trial.run(Kind::SgxQuote);
            EXPECT_EQ(failed(appraisal, "endorsements.verified"), document.positive == false)
                << explain(appraisal);
            ++judged;
        }
    EXPECT_GT(judged, 0);
}

TEST(DcapVectors, WholeFoldersOfEndorsementsMayBeGiven) {
    Endorsements endorsements;
    for (auto const* kind :
         {"intel-tcbinfo", "intel-qe-identity", "intel-tcb-signing-cert", "intel-intermediate"})
        for (auto const& vector : vectors().of_kind(kind))
            if (vector.positive == true) add(endorsements, vector.path);
    for (auto const& vector : quotes(true)) {
        SCOPED_TRACE(vector.path);
        auto trial = trial_of(vector);
        trial.endorsements = endorsements;
        trial.policy.set(*find_rule("dcap.tcb.level"), false);
        trial.policy.set(*find_rule("dcap.collateral.issued"), false);
        auto const appraisal = trial.run(kind_of(vector));
        EXPECT_EQ(appraisal.verdict(), Verdict::Accepted) << explain(appraisal);
    }
}

} // namespace
