// Faults that were found in verifiers of others (go-tdx-guest, dcap-qvl, Enarx's own), each with
// the vectors that show it.

#include "attest/dcap/certification.hpp"
#include "attest/dcap/quote.hpp"
#include "attest/testing/cases.hpp"
#include "attest/testing/mutants.hpp"

#include <set>

#include <gtest/gtest.h>

namespace {

using namespace attest;
using namespace attest::testing;
using namespace std::chrono_literals;

Trial trial_of(Case const& of) {
    Trial out;
    out.evidence = of.parts[0].bytes;
    for (std::size_t i = 1; i < of.parts.size(); ++i)
        EXPECT_TRUE(out.endorsements.add(of.parts[i].bytes, of.parts[i].name));
    out.at = of.at;
    out.policy = of.policy();
    return out;
}

// Where things stand in a good quote, by the parser that appraisals use.
dcap::Quote parsed(Case const& of) {
    auto const policy = Policy::authentic();
    Judge judge{policy, rules_for(of.kind), unbound()};
    return dcap::read_quote(judge, of.parts[0].bytes).value();
}

void expect_refused(Case const& of, Mutant const& mutant, std::string_view rule) {
    SCOPED_TRACE(of.parts[0].name + " at " + std::to_string(mutant.offset));
    auto trial = trial_of(of);
    trial.evidence = applied(mutant, trial.evidence);
    auto const appraisal = trial.run(of.kind);
    EXPECT_EQ(appraisal.verdict(), Verdict::Refused);
    EXPECT_TRUE(failed(appraisal, rule)) << explain(appraisal);
}

std::vector<std::byte> little(std::uint64_t value, std::size_t width) {
    return number(value, width, true);
}

bool has_documents(Case const& of) {
    return of.parts.size() > 2 && of.parts[1].name.contains("tcbinfo");
}

TEST(GoTdxGuest, LettersOfAnFmspcMayHaveEitherCase) {
    std::set<bool> cases_seen;
    for (auto const& of : quote_cases()) {
        if (!has_documents(of)) continue;
        auto const document = Json::parse(base::text_of(of.parts[1].bytes));
        auto const fmspc = document.at("tcbInfo").at("fmspc").get<std::string>();
        auto const upper = std::ranges::any_of(fmspc, [](char c) { return c >= 'A' && c <= 'F'; });
        auto trial = trial_of(of);
        trial.policy = Policy::strict();
        EXPECT_EQ(outcome_of(trial.run(of.kind), "dcap.tcb-info.present"), Outcome::Passed);
        cases_seen.insert(upper);
    }
    EXPECT_EQ(cases_seen.size(), 2U) << "the vectors no longer show both";
}

TEST(GoTdxGuest, CollateralThatWasIssuedAfterTheTimeOfTheAppraisalIsRefused) {
    for (auto const& of : quote_cases()) {
        if (!has_documents(of) || of.before_chain) continue;
        SCOPED_TRACE(of.parts[0].name);
        auto trial = trial_of(of);
        auto const document = Json::parse(base::text_of(of.parts[1].bytes));
        trial.at = time_of(document.at("tcbInfo").at("issueDate")) - 1s;
        auto const appraisal = trial.run(of.kind);
        EXPECT_EQ(appraisal.verdict(), Verdict::Refused);
        EXPECT_TRUE(failed(appraisal, "dcap.collateral.issued"));
    }
}

TEST(GoTdxGuest, TheGreatestLengthOfAuthenticationDataIsRefusedAndCrashesNobody) {
    for (auto const& of : quote_cases()) {
        auto const offset = parsed(of).qe_offset + sizeof(hw::quote::QeReport);
        expect_refused(of, {.offset = offset, .value = little(0xffff, 2)}, "dcap.quote.size");
    }
}

TEST(GoTdxGuest, StaleCollateralLeavesStrictUndecided) {
    for (auto const& of : quote_cases()) {
        if (!has_documents(of)) continue;
        SCOPED_TRACE(of.parts[0].name);
        auto trial = trial_of(of);
        trial.policy = Policy::strict();
        auto const document = Json::parse(base::text_of(of.parts[1].bytes));
        trial.at = time_of(document.at("tcbInfo").at("nextUpdate")) + 1s;
        auto const appraisal = trial.run(of.kind);
        EXPECT_EQ(outcome_of(appraisal, "dcap.collateral.fresh"), Outcome::Undecided);
    }
}

TEST(GoTdxGuest, DebugIsRefusedByStrict) {
    int judged = 0;
    for (auto const& of : quote_cases()) {
        auto trial = trial_of(of);
        auto const body = parsed(of).body;
        auto const* td = std::get_if<dcap::TdBody>(&body);
        bool const debug = td ? (td->report.td_attributes & hw::tdx::TdAttributes::tud_mask) != 0
                              : (std::get<hw::sgx::ReportBody>(body).attributes.flags &
                                 hw::sgx::Attributes::debug) != 0;
        if (!debug) continue;
        trial.policy = Policy::strict();
        auto const appraisal = trial.run(of.kind);
        EXPECT_EQ(appraisal.verdict(), Verdict::Refused);
        EXPECT_TRUE(failed(appraisal, td ? "tdx.attributes.debug" : "sgx.attributes.debug"));
        ++judged;
    }
    EXPECT_GT(judged, 0);
}

TEST(DcapQvl, AnotherOuterTypeOfCertificationDataIsRefused) {
    for (auto const& of : quote_cases()) {
        auto const quote = parsed(of);
        if (quote.header.version < 4U) continue;
        auto const outer = quote.qe_offset - sizeof(hw::quote::CertificationHead);
        for (std::uint64_t const type : {0, 1, 5, 7, 0xffff})
            expect_refused(
                of, {.offset = outer, .value = little(type, 2)}, "dcap.certification.type"
            );
    }
}

TEST(DcapQvl, AnInnerCertificateSizeThatIsOneTooSmallIsRefused) {
    for (auto const& of : quote_cases()) {
        auto const quote = parsed(of);
        auto const size = quote.certification.size();
        auto const offset = quote.certification_offset - 4;
        for (auto const wrong : {size - 1, size + 1})
            expect_refused(of, {.offset = offset, .value = little(wrong, 4)}, "dcap.quote.size");
    }
}

TEST(DcapQvl, ATrailingByteIsRefusedUnlessItIsZero) {
    for (auto const& of : quote_cases()) {
        SCOPED_TRACE(of.parts[0].name);
        auto trial = trial_of(of);
        trial.evidence.push_back(std::byte{0});
        EXPECT_EQ(trial.run(of.kind).verdict(), Verdict::Accepted);
        trial.evidence.back() = std::byte{1};
        auto const appraisal = trial.run(of.kind);
        EXPECT_EQ(appraisal.verdict(), Verdict::Refused);
        EXPECT_TRUE(failed(appraisal, "dcap.quote.size"));
    }
}

TEST(DcapQvl, ChangedLineEndsInPemAreRefused) {
    for (auto const& of : quote_cases()) {
        auto const quote = parsed(of);
        auto const text = base::text_of(quote.certification);
        for (auto at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1))
            for (auto const changed : {' ', '\t', '\v'})
                expect_refused(
                    of,
                    {.offset = quote.certification_offset + at, .value = {std::byte(changed)}},
                    "dcap.certification.form"
                );
    }
}

TEST(DcapQvl, AnOutdatedPlatformIsRefusedByStrictAndReportedByAuthentic) {
    int judged = 0;
    for (auto const& of : quote_cases()) {
        auto trial = trial_of(of);
        auto const authentic = trial.run(of.kind);
        ASSERT_EQ(authentic.verdict(), Verdict::Accepted) << explain(authentic);
        if (authentic.claims()->get<dcap::Claims>()->tcb.status != dcap::TcbStatus::OutOfDate)
            continue;
        EXPECT_EQ(outcome_of(authentic, "dcap.tcb.status"), Outcome::Off);
        trial.policy = Policy::strict();
        EXPECT_TRUE(failed(trial.run(of.kind), "dcap.tcb.status"));
        ++judged;
    }
    EXPECT_GT(judged, 0);
}

TEST(Enarx, ADifferentQuotingEnclaveIsRefusedWithAndWithoutItsIdentity) {
    // Any enclave with the provisioning attribute gets its report signed; only MRSIGNER, ISVPRODID
    // and ATTRIBUTES tell. The signature of a changed report breaks as well: both are findings.
    for (auto const& of : quote_cases()) {
        auto const qe = parsed(of).qe_offset;
        for (auto const field :
             {offsetof(hw::sgx::ReportBody, mr_signer),
              offsetof(hw::sgx::ReportBody, isv_prod_id)}) {
            Mutant const mutant{.offset = qe + field, .value = {std::byte{0x77}}};
            expect_refused(of, mutant, "dcap.qe.signer");
            auto const alone = Case{
                .kind = of.kind,
                .parts = {of.parts[0]},
                .at = of.at,
                .before_chain = of.before_chain
            };
            expect_refused(alone, mutant, "dcap.qe.signer");
        }
        Mutant const debug{
            .offset = qe + offsetof(hw::sgx::ReportBody, attributes), .value = {std::byte{0x13}}
        };
        expect_refused(of, debug, "dcap.qe.attributes");
    }
}

// Each certificate may be tried as the issuer of each: a quote of a megabyte could hold a thousand.
TEST(Quotes, HoldSoManyCertificatesAndNoMore) {
    unsigned tried = 0;
    for (auto const& of : quote_cases()) {
        auto quote = parsed(of);
        if (hw::quote::CertificationType(quote.certification_type) !=
            hw::quote::CertificationType::PckChain)
            continue;
        ++tried;
        std::vector<std::byte> text;
        auto const accepted = [&] {
            auto const policy = Policy::authentic();
            Judge judge{policy, rules_for(of.kind), unbound()};
            quote.certification = text;
            return dcap::read_certificates(judge, quote).has_value();
        };
        auto const chain =
            std::vector<std::byte>{quote.certification.begin(), quote.certification.end()};
        for (unsigned times = 1; times <= 11; ++times) { // three certificates each
            text.insert(
                text.end(), chain.begin(), chain.end() - (chain.back() == std::byte{0} ? 1 : 0)
            );
            EXPECT_EQ(accepted(), times <= 10) << of.parts[0].name << ", " << times << " times";
        }
    }
    EXPECT_GT(tried, 0U);
}

TEST(Quotes, AreRefusedAtEveryLength) {
    for (auto const& of : quote_cases()) {
        SCOPED_TRACE(of.parts[0].name);
        auto const& whole = of.parts[0].bytes;
        auto const end = parsed(of).certification_offset + parsed(of).certification.size();
        auto trial = trial_of(of);
        for (std::size_t size = 2; size < end; size += size < 1500 ? 1 : 61) {
            trial.evidence.assign(whole.begin(), whole.begin() + std::ptrdiff_t(size));
            auto const kind = recognise(trial.evidence);
            ASSERT_TRUE(kind == Kind::SgxQuote || kind == Kind::TdxQuote) << size;
            EXPECT_EQ(trial.run(*kind).verdict(), Verdict::Refused) << size;
        }
    }
}

} // namespace
