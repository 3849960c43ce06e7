// The C interface above verify().

#include "attest/attest.h"
#include "attest/testing/cases.hpp"
#include "attest/verify.hpp"

#include <cstddef>
#include <limits>
#include <optional>

#include <gtest/gtest.h>

namespace {

using namespace attest;
using namespace attest::testing;

enarx_attest_bytes c_bytes(std::vector<std::byte> const& bytes) {
    // Safety: the interface only reads.
    return {reinterpret_cast<std::uint8_t const*>(bytes.data()), bytes.size()};
}

std::vector<std::byte> copy(enarx_attest_bytes bytes) {
    auto const* data = reinterpret_cast<std::byte const*>(bytes.data);
    return {data, data + bytes.size};
}

// One good report of SNP with what C needs to appraise it.
struct InC {
    Case of = snp_cases().front();
    enarx_attest_verifier* verifier = enarx_attest_verifier_new();
    enarx_attest_endorsements* endorsements = enarx_attest_endorsements_new();
    enarx_attest_policy* policy = enarx_attest_policy_authentic();
    enarx_attest_request request{};

    InC() {
        for (std::size_t i = 1; i < of.parts.size(); ++i)
            EXPECT_EQ(add(of.parts[i].bytes, of.parts[i].name.c_str()), nullptr);
        request = {
            .size = sizeof request,
            .evidence = c_bytes(of.parts[0].bytes),
            .endorsements = endorsements,
            .policy = policy,
            .report_data = {.binding = ENARX_ATTEST_UNBOUND, .values = nullptr, .count = 0},
            .measurements = {.binding = ENARX_ATTEST_UNBOUND, .values = nullptr, .count = 0},
            .at = of.at.time_since_epoch().count(),
            .kinds = 0,
            .workload = {},
            .configuration = {},
            .user_data = {},
        };
    }
    ~InC() {
        enarx_attest_policy_free(policy);
        enarx_attest_endorsements_free(endorsements);
        enarx_attest_verifier_free(verifier);
    }
    InC(InC const&) = delete;
    InC& operator=(InC const&) = delete;

    char const* add(std::vector<std::byte> const& bytes, char const* source) const {
        return enarx_attest_endorsements_add(endorsements, c_bytes(bytes), source);
    }
    // The verdict, or nothing where there was no appraisal.
    std::optional<enarx_attest_verdict> verdict() const {
        auto* appraisal = enarx_attest_appraise(verifier, &request);
        if (!appraisal) return {};
        auto const out = enarx_attest_appraisal_verdict(appraisal);
        enarx_attest_appraisal_free(appraisal);
        return out;
    }
};

TEST(CInterface, AppraisesAsTheLibraryDoesAndShowsEveryFinding) {
    InC c;
    auto* appraisal = enarx_attest_appraise(c.verifier, &c.request);
    ASSERT_NE(appraisal, nullptr);
    EXPECT_EQ(enarx_attest_appraisal_verdict(appraisal), ENARX_ATTEST_ACCEPTED);
    EXPECT_STREQ(
        enarx_attest_appraisal_kind(appraisal), std::string{name_of(Kind::SnpReport)}.c_str()
    );
    auto const& report = c.of.parts[0].bytes;
    EXPECT_TRUE(
        base::equal(
            copy(enarx_attest_appraisal_measurement(appraisal)),
            base::View{report}.subspan(0x90, 48)
        )
    );
    EXPECT_TRUE(
        base::equal(
            copy(enarx_attest_appraisal_report_data(appraisal)),
            base::View{report}.subspan(0x50, 64)
        )
    );
    auto const count = enarx_attest_appraisal_findings(appraisal);
    EXPECT_GE(count, rules_for(Kind::SnpReport).size());
    enarx_attest_finding finding{};
    finding.size = sizeof finding;
    for (std::size_t i = 0; i < count; ++i) {
        ASSERT_TRUE(enarx_attest_appraisal_finding(appraisal, i, &finding));
        EXPECT_NE(find_rule(finding.rule), nullptr);
        EXPECT_NE(finding.outcome, ENARX_ATTEST_FAILED);
    }
    EXPECT_FALSE(enarx_attest_appraisal_finding(appraisal, count, &finding));
    finding.size = 1;
    EXPECT_FALSE(enarx_attest_appraisal_finding(appraisal, 0, &finding));
    enarx_attest_appraisal_free(appraisal);
}

TEST(CInterface, NothingIsClaimedOfEvidenceThatIsNotAccepted) {
    InC c;
    auto changed = c.of.parts[0].bytes;
    changed[0x90] ^= std::byte{1};
    c.request.evidence = c_bytes(changed);
    auto* appraisal = enarx_attest_appraise(c.verifier, &c.request);
    ASSERT_NE(appraisal, nullptr);
    EXPECT_EQ(enarx_attest_appraisal_verdict(appraisal), ENARX_ATTEST_REFUSED);
    EXPECT_EQ(enarx_attest_appraisal_measurement(appraisal).data, nullptr);
    EXPECT_EQ(enarx_attest_appraisal_report_data(appraisal).size, 0U);
    enarx_attest_appraisal_free(appraisal);
}

// LESSONS row 3: no security input is optional.
TEST(CInterface, AComparisonOfWhichNothingIsSaidIsAnErrorAndNotLeftOut) {
    InC c;
    c.request.report_data.binding = ENARX_ATTEST_NOT_SAID;
    EXPECT_FALSE(c.verdict());
    c.request.report_data = {.binding = ENARX_ATTEST_ONE_OF, .values = nullptr, .count = 0};
    EXPECT_FALSE(c.verdict());
    c.request.report_data = {.binding = ENARX_ATTEST_UNBOUND, .values = nullptr, .count = 0};
    c.request.measurements.binding = ENARX_ATTEST_NOT_SAID;
    EXPECT_FALSE(c.verdict());
    // An empty list allows no program.
    c.request.measurements.binding = ENARX_ATTEST_ONE_OF;
    EXPECT_EQ(c.verdict(), ENARX_ATTEST_REFUSED);
    c.request.size -= 1;
    EXPECT_FALSE(c.verdict());
}

TEST(CInterface, ComparesWithWhatIsExpected) {
    InC c;
    auto const report = base::View{c.of.parts[0].bytes};
    std::vector const data(report.begin() + 0x50, report.begin() + 0x90);
    std::vector const measurement(report.begin() + 0x90, report.begin() + 0xc0);
    std::vector const other(48, std::byte{9});
    std::array const right{c_bytes(other), c_bytes(measurement)};
    auto const bound = c_bytes(data);
    c.request.report_data = {.binding = ENARX_ATTEST_ONE_OF, .values = &bound, .count = 1};
    c.request.measurements = {
        .binding = ENARX_ATTEST_ONE_OF, .values = right.data(), .count = right.size()
    };
    EXPECT_EQ(c.verdict(), ENARX_ATTEST_ACCEPTED);
    c.request.measurements.count = 1;
    EXPECT_EQ(c.verdict(), ENARX_ATTEST_REFUSED);
    c.request.measurements.count = right.size();
    c.request.report_data.values = right.data();
    EXPECT_EQ(c.verdict(), ENARX_ATTEST_REFUSED);
}

TEST(CInterface, RulesGoOnAndOffByNameButNeverThoseWithoutWhichTheBytesMeanNothing) {
    InC c;
    EXPECT_TRUE(enarx_attest_policy_set(c.policy, "snp.measurement", true));
    EXPECT_EQ(c.verdict(), ENARX_ATTEST_UNDECIDED);
    EXPECT_TRUE(enarx_attest_policy_set(c.policy, "snp.measurement", false));
    EXPECT_EQ(c.verdict(), ENARX_ATTEST_ACCEPTED);
    EXPECT_FALSE(enarx_attest_policy_set(c.policy, "snp.report.signature", false));
    EXPECT_FALSE(enarx_attest_policy_set(c.policy, "snp.nothing", false));
    EXPECT_FALSE(enarx_attest_policy_set(c.policy, nullptr, false));
}

// The vendors' own roots, as endorsements: for C they come without a purpose.
struct OwnRoots {
    enarx_attest_endorsements* all = enarx_attest_endorsements_new();

    OwnRoots() {
        for (auto const& root : builtin_roots()) {
            std::string const name{root.name};
            EXPECT_EQ(
                enarx_attest_endorsements_add(
                    all, c_bytes({root.der.begin(), root.der.end()}), name.c_str()
                ),
                nullptr
            );
        }
    }
    ~OwnRoots() { enarx_attest_endorsements_free(all); }
    OwnRoots(OwnRoots const&) = delete;
    OwnRoots& operator=(OwnRoots const&) = delete;
};

TEST(CInterface, OtherRootsReplaceTheVendors) {
    InC c;
    enarx_attest_verifier_free(c.verifier);
    c.verifier = enarx_attest_verifier_without_roots();
    EXPECT_EQ(c.verdict(), ENARX_ATTEST_REFUSED);
}

TEST(CInterface, ARootEndsChainsOfItsPurposesAndOfNoOther) {
    OwnRoots const own;
    for (std::uint64_t purposes = 1; purposes < 32; ++purposes) {
        InC c;
        enarx_attest_verifier_free(c.verifier);
        c.verifier = enarx_attest_verifier_without_roots();
        EXPECT_TRUE(enarx_attest_verifier_add_roots(c.verifier, own.all, purposes));
        EXPECT_EQ(
            c.verdict(),
            purposes & ENARX_ATTEST_FOR_AMD_MILAN ? ENARX_ATTEST_ACCEPTED : ENARX_ATTEST_REFUSED
        ) << purposes;
    }
    InC const c;
    EXPECT_FALSE(enarx_attest_verifier_add_roots(c.verifier, own.all, 0));
    EXPECT_FALSE(enarx_attest_verifier_add_roots(c.verifier, own.all, 1U << 5));
    EXPECT_FALSE(enarx_attest_verifier_add_roots(c.verifier, nullptr, ENARX_ATTEST_FOR_AMD));
}

TEST(CInterface, RootsWithoutAPurposeAreForTheOneVendorWhoseEvidenceIsAskedFor) {
    OwnRoots const own;
    InC c;
    enarx_attest_verifier_free(c.verifier);
    c.verifier = enarx_attest_verifier_with_roots(own.all);
    EXPECT_FALSE(c.verdict());
    c.request.kinds = ENARX_ATTEST_SNP | ENARX_ATTEST_TDX;
    EXPECT_FALSE(c.verdict());
    c.request.kinds = ENARX_ATTEST_SNP;
    EXPECT_EQ(c.verdict(), ENARX_ATTEST_ACCEPTED);
    // Whoever makes a certification request chooses the vendor of what is in it.
    for (auto const& of : positive_cases()) {
        if (of.kind != Kind::EnarxRequest) continue;
        InC request;
        enarx_attest_verifier_free(request.verifier);
        request.verifier = enarx_attest_verifier_with_roots(own.all);
        request.request.evidence = c_bytes(of.parts[0].bytes);
        request.request.kinds = ENARX_ATTEST_CSR;
        EXPECT_FALSE(request.verdict());
    }
    // The attester sends evidence of another vendor: refused, and no error of the asker's.
    c.request.kinds = ENARX_ATTEST_SGX | ENARX_ATTEST_TDX;
    EXPECT_EQ(c.verdict(), ENARX_ATTEST_REFUSED);
}

TEST(CInterface, RefusesKindsThatAreNotAskedForAndKnowsNoOthers) {
    InC c;
    c.request.kinds = ENARX_ATTEST_SNP;
    EXPECT_EQ(c.verdict(), ENARX_ATTEST_ACCEPTED);
    c.request.kinds = ENARX_ATTEST_SGX | ENARX_ATTEST_TDX;
    EXPECT_EQ(c.verdict(), ENARX_ATTEST_REFUSED);
    for (unsigned bit = 6; bit < 64; ++bit) {
        c.request.kinds = std::uint64_t{1} << bit;
        EXPECT_FALSE(c.verdict()) << bit;
    }
}

TEST(CInterface, TakesARequestOfTheSizeThatItHadBeforeKindsCouldBeNamed) {
    InC c;
    c.request.size = offsetof(enarx_attest_request, kinds);
    c.request.kinds = ~std::uint64_t{0}; // not there, as the size says
    EXPECT_EQ(c.verdict(), ENARX_ATTEST_ACCEPTED);
}

TEST(CInterface, BytesThatAreNullWithASizeAreAnErrorWhereverTheyStand) {
    enarx_attest_bytes const null{.data = nullptr, .size = 48};
    InC c;
    c.request.measurements = {.binding = ENARX_ATTEST_ONE_OF, .values = &null, .count = 1};
    EXPECT_FALSE(c.verdict());
    c.request.measurements = {.binding = ENARX_ATTEST_UNBOUND, .values = nullptr, .count = 0};
    c.request.report_data = {.binding = ENARX_ATTEST_ONE_OF, .values = &null, .count = 1};
    EXPECT_FALSE(c.verdict());
    c.request.report_data = {.binding = ENARX_ATTEST_UNBOUND, .values = nullptr, .count = 0};
    c.request.evidence = null;
    EXPECT_FALSE(c.verdict());
    EXPECT_NE(enarx_attest_endorsements_add(c.endorsements, null, "null"), nullptr);
    EXPECT_NE(enarx_attest_verifier_trust(c.verifier, null, "null"), nullptr);
}

TEST(CInterface, ATimeBefore1970OrAfter9999IsAnError) {
    constexpr std::int64_t year_10000 = 253'402'300'800;
    InC c;
    for (auto const at :
         {std::numeric_limits<std::int64_t>::min(),
          std::int64_t{-1},
          year_10000,
          std::numeric_limits<std::int64_t>::max()}) {
        c.request.at = at;
        EXPECT_FALSE(c.verdict()) << at;
    }
    for (auto const at : {std::int64_t{0}, year_10000 - 1}) {
        c.request.at = at;
        EXPECT_EQ(c.verdict(), ENARX_ATTEST_REFUSED) << at; // no certificate is valid then
    }
}

TEST(CInterface, ACertificateIsNoEvidenceWhateverIsExpected) {
    for (auto const& root : builtin_roots()) {
        std::vector const der(root.der.begin(), root.der.end());
        InC c;
        c.request.evidence = c_bytes(der);
        EXPECT_FALSE(c.verdict());
    }
}

TEST(CInterface, ATokenOfCcaIsAcceptedOnceItsPlatformsKeyIsTrusted) {
    for (auto const& of : positive_cases()) {
        if (of.kind != Kind::CcaToken) continue;
        InC c;
        c.request.evidence = c_bytes(of.parts[0].bytes);
        EXPECT_EQ(c.verdict(), ENARX_ATTEST_UNDECIDED);
        auto const broken = base::view_of("{\"kty\":\"EC\"}");
        auto const* why = enarx_attest_verifier_trust(
            c.verifier, c_bytes({broken.begin(), broken.end()}), "broken.json"
        );
        ASSERT_NE(why, nullptr);
        EXPECT_TRUE(std::string_view{why}.starts_with("broken.json at byte 0: expected "));
        for (std::size_t i = 1; i < of.parts.size(); ++i)
            EXPECT_EQ(
                enarx_attest_verifier_trust(c.verifier, c_bytes(of.parts[i].bytes), nullptr),
                nullptr
            );
        EXPECT_EQ(c.verdict(), ENARX_ATTEST_ACCEPTED);
    }
}

TEST(CInterface, SaysWhyBytesAreNoEndorsement) {
    InC const c;
    auto const* why = c.add({std::byte{1}}, "broken.der");
    ASSERT_NE(why, nullptr);
    EXPECT_TRUE(std::string_view{why}.starts_with("broken.der at byte 0: expected "));
}

} // namespace
