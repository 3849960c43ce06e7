// Faults that were found in verifiers of SEV-SNP reports by others (sev, go-sev-guest), each with
// the vectors that show it.

#include "attest/testing/cases.hpp"

#include <gtest/gtest.h>

namespace {

using namespace attest;
using namespace attest::testing;
using namespace std::chrono_literals;

void expect_refused(Case const& of, Trial const& trial, std::string_view rule) {
    auto const appraisal = trial.run(of.kind);
    EXPECT_EQ(appraisal.verdict(), Verdict::Refused);
    EXPECT_TRUE(failed(appraisal, rule)) << explain(appraisal);
}

// Each byte in the range, changed alone.
void expect_each_refused(std::size_t from, std::size_t to, std::string_view rule) {
    for (auto const& of : snp_cases())
        for (auto offset = from; offset < to; ++offset) {
            SCOPED_TRACE(of.parts[0].name + " at " + std::to_string(offset));
            auto trial = of.trial();
            trial.evidence[offset] ^= std::byte{0x40};
            expect_refused(of, trial, rule);
        }
}

TEST(Sev, AChangeOfReservedBytesIsAChangeOfWhatWasSigned) {
    // It verifies a report that it has serialised anew, without the reserved bytes of the TCBs.
    for (auto const tcb : {0x38, 0x180, 0x1e0, 0x1f0})
        expect_each_refused(tcb + 2, tcb + 6, "snp.report.signature");
}

TEST(Sev, BytesBehindRAndSHaveToBeZero) {
    // One of its back ends reads 48 of the 72 bytes.
    expect_each_refused(0x2a0 + 48, 0x2a0 + 72, "snp.report.signature-padding");
    expect_each_refused(0x2a0 + 72 + 48, 0x2a0 + 144, "snp.report.signature-padding");
}

TEST(Sev, AnExpiredLeafIsRefused) {
    for (auto const& of : snp_cases()) {
        SCOPED_TRACE(of.parts[0].name);
        auto trial = of.trial();
        auto const leaf = trial.endorsements.certificates()[0].value;
        trial.at = leaf.not_after() + 1s;
        expect_refused(of, trial, "snp.chain.validity");
    }
}

TEST(GoSevGuest, AByteBehindTheReportIsRefused) {
    for (auto const& of : snp_cases())
        for (auto const byte : {0x00, 0x01}) {
            auto trial = of.trial();
            trial.evidence.push_back(std::byte(byte));
            expect_refused(of, trial, "snp.report.size");
        }
}

TEST(GoSevGuest, AListThatIsYearsOldLeavesStrictUndecidedAndIsShownByAuthentic) {
    int judged = 0;
    for (auto const& of : snp_cases()) {
        SCOPED_TRACE(of.parts[0].name);
        auto trial = of.trial();
        auto const stale = [&](Sourced<crypto::RevocationList> const& list) {
            return list.value.next_update() + std::chrono::years{2} < trial.at;
        };
        if (!std::ranges::any_of(trial.endorsements.revocation_lists(), stale)) continue;
        auto const authentic = trial.run(of.kind);
        if (outcome_of(authentic, "snp.crl.present") != Outcome::Off ||
            outcome_of(authentic, "snp.crl.clean") != Outcome::Passed)
            continue;
        trial.policy = Policy::strict();
        auto const appraisal = trial.run(of.kind);
        EXPECT_EQ(outcome_of(appraisal, "snp.crl.fresh"), Outcome::Undecided) << explain(appraisal);
        EXPECT_NE(appraisal.verdict(), Verdict::Accepted);
        ++judged;
    }
    EXPECT_GT(judged, 0);
}

TEST(GoSevGuest, TheLeafOfAnotherChipIsRefusedWithoutAskingForMore) {
    auto const cases = snp_cases();
    int judged = 0;
    for (auto const& of : cases)
        for (auto const& other : cases) {
            if (other.parts[1].bytes == of.parts[1].bytes ||
                other.parts[2].name != of.parts[2].name)
                continue;
            SCOPED_TRACE(of.parts[0].name + " with " + other.parts[1].name);
            auto trial = other.trial();
            trial.evidence = of.parts[0].bytes;
            expect_refused(of, trial, "snp.report.signature");
            ++judged;
        }
    EXPECT_GT(judged, 0);
}

} // namespace
