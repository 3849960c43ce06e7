// Every SEV-SNP vector of the manifest gives the outcome that it expects. No vector is named here.

#include "attest/certificate/check.hpp"
#include "attest/snp/leaf.hpp"
#include "attest/testing/appraise.hpp"
#include "attest/testing/vectors.hpp"
#include "attest/text.hpp"

#include <gtest/gtest.h>

namespace {

using namespace attest;
using namespace attest::testing;
using namespace std::chrono_literals;

Vectors const& vectors() { return Vectors::instance(); }

// The day after the newest leaf among the endorsements was issued: within its window.
std::chrono::sys_seconds time_within(Endorsements const& endorsements) {
    std::chrono::sys_seconds at{};
    for (auto const& [certificate, source] : endorsements.certificates())
        at = std::max(at, certificate.not_before() + 24h);
    return at;
}

Trial trial_of(Vector const& vector) {
    Trial out;
    out.evidence = vectors().read(vector.path);
    for (auto const& path : vector.expected().at("use_with")) add(out.endorsements, path);
    out.at = time_within(out.endorsements);
    return out;
}

void add_all_amd_chains(Endorsements& endorsements) {
    for (auto const& vector : vectors().of_kind("amd-root-chain")) add(endorsements, vector.path);
}

void expect_fields(snp::Claims const& claims, Json const& fields) {
    auto const& report = claims.report;
    EXPECT_EQ(std::uint32_t(report.version), fields.at("version").get<std::uint32_t>());
    EXPECT_EQ(std::uint32_t(report.guest_svn), fields.at("guest_svn").get<std::uint32_t>());
    EXPECT_EQ(std::uint32_t(report.vmpl), fields.at("vmpl").get<std::uint32_t>());
    EXPECT_EQ(hex(std::uint64_t(report.policy)), fields.at("policy").get<std::string>());
    EXPECT_EQ(
        hex(std::uint64_t(report.platform_info)), fields.at("platform_info").get<std::string>()
    );
    EXPECT_EQ(hex(report.report_data), fields.at("report_data").get<std::string>());
    EXPECT_EQ(hex(report.measurement), fields.at("measurement").get<std::string>());
    EXPECT_EQ(hex(report.host_data), fields.at("host_data").get<std::string>());
    EXPECT_EQ(hex(report.id_key_digest), fields.at("id_key_digest").get<std::string>());
    EXPECT_EQ(hex(report.author_key_digest), fields.at("author_key_digest").get<std::string>());
    EXPECT_EQ(hex(report.chip_id), fields.at("chip_id").get<std::string>());
    for (auto const& [name, tcb] :
         {std::pair{"reported_tcb", report.reported_tcb},
          std::pair{"current_tcb", report.current_tcb},
          std::pair{"committed_tcb", report.committed_tcb},
          std::pair{"launch_tcb", report.launch_tcb}}) {
        auto const& wanted = fields.at(name);
        auto const found = tcb.decode(claims.product);
        EXPECT_EQ(found.boot_loader, wanted.at("bl").get<unsigned>()) << name;
        EXPECT_EQ(found.tee, wanted.at("tee").get<unsigned>()) << name;
        EXPECT_EQ(found.snp, wanted.at("snp").get<unsigned>()) << name;
        EXPECT_EQ(found.microcode, wanted.at("ucode").get<unsigned>()) << name;
        EXPECT_EQ(found.fmc, wanted.value("fmc", 0U)) << name;
    }
}

// The rule that has to fail, from what the manifest says of the vector.
std::string_view rule_for(Vector const& vector, std::size_t size) {
    auto const reason = vector.expected().at("reason").get<std::string>();
    if (size != 1184) return "snp.report.size";
    if (reason.contains("algorithm")) return "snp.report.signature-algorithm";
    return "snp.report.signature";
}

std::string_view rule_for_case(std::string const& reason) {
    if (reason.contains("revoked")) return "snp.crl.clean";
    if (reason.contains("notAfter")) return "snp.chain.validity";
    if (reason.contains("another chip")) return "snp.leaf.hwid";
    return "snp.leaf.issuer";
}

TEST(SnpVectors, AuthenticAcceptsEachGoodReportAndItsClaimsAreTheReportsFields) {
    int judged = 0;
    for (auto const& vector : vectors().of_kind("snp-report")) {
        if (vector.positive != true) continue;
        SCOPED_TRACE(vector.path);
        auto const trial = trial_of(vector);
        auto const appraisal = trial.run(Kind::SnpReport);
        EXPECT_EQ(recognise(trial.evidence), Kind::SnpReport);
        ASSERT_EQ(appraisal.verdict(), Verdict::Accepted) << explain(appraisal);
        ASSERT_NE(appraisal.claims(), nullptr);
        expect_fields(*appraisal.claims()->get<snp::Claims>(), vector.all.at("fields"));
        ++judged;
    }
    EXPECT_GT(judged, 0);
}

TEST(SnpVectors, AuthenticAcceptsOnlyInsideTheWindowOfValidity) {
    for (auto const& vector : vectors().of_kind("snp-report")) {
        if (vector.positive != true) continue;
        SCOPED_TRACE(vector.path);
        auto trial = trial_of(vector);
        auto const window = vector.expected().at("valid_window");
        auto const first = time_of(window.at(0));
        auto const last = time_of(window.at(1));
        for (auto const& [at, verdict] :
             {std::pair{first - 1s, Verdict::Refused},
              std::pair{first, Verdict::Accepted},
              std::pair{last, Verdict::Accepted},
              std::pair{last + 1s, Verdict::Refused}}) {
            trial.at = at;
            auto const appraisal = trial.run(Kind::SnpReport);
            EXPECT_EQ(appraisal.verdict(), verdict) << timestamp(at);
            EXPECT_EQ(failed(appraisal, "snp.chain.validity"), verdict == Verdict::Refused);
        }
    }
}

TEST(SnpVectors, StrictNeverAcceptsWithoutListsReportDataAndMeasurementAndRefusesDebug) {
    for (auto const& vector : vectors().of_kind("snp-report")) {
        if (vector.positive != true) continue;
        SCOPED_TRACE(vector.path);
        auto trial = trial_of(vector);
        trial.policy = Policy::strict();
        auto const appraisal = trial.run(Kind::SnpReport);
        EXPECT_NE(appraisal.verdict(), Verdict::Accepted);
        EXPECT_EQ(appraisal.claims(), nullptr);
        EXPECT_EQ(outcome_of(appraisal, "snp.crl.present"), Outcome::Undecided);
        EXPECT_EQ(outcome_of(appraisal, "snp.report-data"), Outcome::Undecided);
        EXPECT_EQ(outcome_of(appraisal, "snp.measurement"), Outcome::Undecided);
        EXPECT_EQ(
            failed(appraisal, "snp.policy.debug"), vector.expected().at("debug_guest").get<bool>()
        );
    }
}

TEST(SnpVectors, EachBadReportIsRefusedByTheRightRule) {
    int judged = 0;
    for (auto const& vector : vectors().of_kind("snp-report")) {
        if (vector.positive != false) continue;
        SCOPED_TRACE(vector.path);
        auto const trial = trial_of(vector);
        auto const appraisal = trial.run(Kind::SnpReport);
        EXPECT_EQ(recognise(trial.evidence), Kind::SnpReport);
        EXPECT_EQ(appraisal.verdict(), Verdict::Refused);
        EXPECT_TRUE(failed(appraisal, rule_for(vector, trial.evidence.size())))
            << explain(appraisal);
        ++judged;
    }
    EXPECT_GT(judged, 0);
}

TEST(SnpVectors, EachCertificateAloneIsAcceptedOrRefusedAsExpected) {
    int judged = 0;
    for (auto const* kind : {"amd-vcek-cert", "amd-vlek-cert", "amd-ask-cert"}) {
        for (auto const& vector : vectors().of_kind(kind)) {
            SCOPED_TRACE(vector.path);
            Trial trial;
            trial.evidence = vectors().read(vector.path);
            add_all_amd_chains(trial.endorsements);
            for (auto const& list : vectors().of_kind("amd-crl"))
                add(trial.endorsements, list.path);
            auto const parsed = crypto::Certificate::parse(trial.evidence);
            trial.at = parsed ? parsed->not_before() + 24h : time_within(trial.endorsements);
            auto const check = certificate::check(trial.request());
            record(check.findings());
            EXPECT_TRUE(certificate::looks_like(trial.evidence));
            EXPECT_EQ(recognise(trial.evidence), std::nullopt);
            EXPECT_EQ(check.verdict(), *vector.positive ? Verdict::Accepted : Verdict::Refused)
                << explain(check.findings());
            ++judged;
        }
    }
    EXPECT_GT(judged, 0);
}

// There is nothing in a certificate that could be compared.
TEST(SnpVectors, ACertificateOfWhichSomethingIsExpectedIsUndecidedByThatAlone) {
    for (auto const& vector : vectors().of_kind("amd-vcek-cert")) {
        if (vector.positive != true) continue;
        Trial trial;
        trial.evidence = vectors().read(vector.path);
        add_all_amd_chains(trial.endorsements);
        for (auto const& list : vectors().of_kind("amd-crl")) add(trial.endorsements, list.path);
        trial.at = crypto::Certificate::parse(trial.evidence)->not_before() + 24h;
        std::vector<std::byte> const value(48, std::byte{0x17});
        for (auto const& expected :
             {Expected{ReportData::exactly(value), Measurements::unbound()},
              Expected{ReportData::unbound(), Measurements::any_of({value})}}) {
            trial.expected = expected;
            auto const check = certificate::check(trial.request());
            record(check.findings());
            EXPECT_EQ(check.verdict(), Verdict::Undecided);
            EXPECT_EQ(outcome_of(check.findings(), "evidence.expectations"), Outcome::Undecided);
        }
    }
}

TEST(SnpVectors, EachCaseIsRefusedByTheRightRule) {
    int judged = 0;
    for (auto const& vector : vectors().of_kind("case")) {
        auto const scenario = vectors().json(vector.path);
        bool const report = scenario.contains("report");
        if (!report && !scenario.contains("ask")) continue;
        SCOPED_TRACE(vector.path);
        Trial trial;
        trial.evidence = vectors().read(scenario.at(report ? "report" : "ask"));
        for (auto const* part : {"leaf", "chain", "crl"})
            if (scenario.contains(part)) add(trial.endorsements, scenario.at(part));
        trial.at =
            scenario.contains("at") ? time_of(scenario.at("at")) : time_within(trial.endorsements);
        auto const findings = report ? trial.run(Kind::SnpReport).findings()
                                     : certificate::check(trial.request()).findings();
        EXPECT_EQ(verdict_of(findings), Verdict::Refused);
        EXPECT_EQ(
            outcome_of(findings, rule_for_case(vector.expected().at("reason"))), Outcome::Failed
        ) << explain(findings);
        ++judged;
    }
    EXPECT_GT(judged, 0);
}

TEST(SnpVectors, WithoutALeafASignatureThatNoKeyCanHaveMadeIsRefusedAndAnyOtherUndecided) {
    int refused = 0;
    int undecided = 0;
    for (auto const& vector : vectors().of_kind("snp-report")) {
        if (vector.positive != true) continue;
        SCOPED_TRACE(vector.path);
        Trial trial;
        trial.evidence = vectors().read(vector.path);
        EXPECT_EQ(trial.run(Kind::SnpReport).verdict(), Verdict::Undecided);
        for (std::size_t byte = 0x2a0; byte < 0x2d0; ++byte) {
            auto changed = trial;
            changed.evidence[byte] ^= std::byte{1};
            auto const appraisal = changed.run(Kind::SnpReport);
            ++(failed(appraisal, "snp.report.signature") ? refused : undecided);
            EXPECT_NE(appraisal.verdict(), Verdict::Accepted);
        }
        for (std::size_t const at : {0x2a0, 0x2e8}) { // R, S
            auto zero = trial;
            std::fill_n(zero.evidence.begin() + std::ptrdiff_t(at), 72, std::byte{});
            EXPECT_TRUE(failed(zero.run(Kind::SnpReport), "snp.report.signature"));
        }
    }
    // About half of all numbers are coordinates of points.
    EXPECT_GT(refused, 100);
    EXPECT_GT(undecided, 100);
}

} // namespace
