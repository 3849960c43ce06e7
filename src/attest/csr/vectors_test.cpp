// The original's certification requests are accepted whole and refused with anything changed.

#include "attest/testing/appraise.hpp"
#include "attest/testing/vectors.hpp"
#include "attest/text.hpp"
#include "base/test_folders.hpp"
#include "crypto/certification_request.hpp"

#include <gtest/gtest.h>

namespace {

using namespace attest;
using namespace attest::testing;
using namespace std::chrono_literals;

Vectors const& vectors() { return Vectors::instance(); }

// AMD's intermediate certificates are not in the request.
Trial trial_of(Vector const& vector) {
    Trial out;
    out.evidence = vectors().read(vector.path);
    if (vector.path.starts_with("snp/"))
        for (auto const& chain : vectors().of_kind("amd-root-chain"))
            add(out.endorsements, chain.path);
    out.at = time_of("2023-02-01T00:00:00Z");
    return out;
}

// Where the pattern stands in the request.
std::size_t find(std::vector<std::byte> const& in, std::string_view pattern) {
    return base::text_of(in).find(pattern);
}

TEST(CsrVectors, AuthenticAcceptsEachRequestWithTheEndorsementsInsideIt) {
    int judged = 0;
    for (auto const& vector : vectors().of_kind("enarx-attestation-csr")) {
        SCOPED_TRACE(vector.path);
        auto const trial = trial_of(vector);
        EXPECT_EQ(recognise(trial.evidence), Kind::EnarxRequest);
        auto const appraisal = trial.run(Kind::EnarxRequest);
        ASSERT_EQ(appraisal.verdict(), Verdict::Accepted) << explain(appraisal);
        auto const& claims = *appraisal.claims()->get<csr::Claims>();
        auto const parsed = crypto::CertificationRequest::parse(trial.evidence);
        EXPECT_TRUE(base::equal(claims.public_key_info, parsed->public_key_info()));
        auto const* quote = std::get_if<dcap::Claims>(&claims.evidence);
        EXPECT_EQ(quote != nullptr, vector.path.starts_with("sgx/"));
        if (quote) EXPECT_EQ(quote->tcb.status, dcap::TcbStatus::OutOfDate);
        ++judged;
    }
    EXPECT_GT(judged, 0);
}

TEST(CsrVectors, TheBindingToTheKeyIsWhatStrictComparesReportDataWith) {
    for (auto const& vector : vectors().of_kind("enarx-attestation-csr")) {
        SCOPED_TRACE(vector.path);
        auto trial = trial_of(vector);
        trial.policy = Policy::strict();
        auto const appraisal = trial.run(Kind::EnarxRequest);
        bool const sgx = vector.path.starts_with("sgx/");
        EXPECT_EQ(
            outcome_of(appraisal, sgx ? "sgx.report-data" : "snp.report-data"), Outcome::Passed
        );
        EXPECT_EQ(outcome_of(appraisal, "csr.binding"), Outcome::Passed);
        EXPECT_EQ(
            outcome_of(appraisal, sgx ? "sgx.measurement" : "snp.measurement"), Outcome::Undecided
        );
    }
}

TEST(CsrVectors, ATruncatedRequestIsRefused) {
    for (auto const& vector : vectors().of_kind("enarx-attestation-csr")) {
        SCOPED_TRACE(vector.path);
        auto trial = trial_of(vector);
        auto const whole = trial.evidence;
        for (std::size_t size = 8; size < whole.size(); size += 97) {
            trial.evidence.assign(whole.begin(), whole.begin() + std::ptrdiff_t(size));
            EXPECT_EQ(recognise(trial.evidence), Kind::EnarxRequest) << size;
            EXPECT_EQ(trial.run(Kind::EnarxRequest).verdict(), Verdict::Refused) << size;
        }
    }
}

TEST(CsrVectors, AChangedIdentifierOfTheExtensionBreaksTheSignature) {
    for (auto const& vector : vectors().of_kind("enarx-attestation-csr")) {
        SCOPED_TRACE(vector.path);
        auto trial = trial_of(vector);
        auto const at = find(trial.evidence, "\x2b\x06\x01\x04\x01\x83\xc7\x1e\x01");
        ASSERT_NE(at, std::string_view::npos);
        trial.evidence[at + 9] = std::byte{1};
        auto const appraisal = trial.run(Kind::EnarxRequest);
        EXPECT_EQ(appraisal.verdict(), Verdict::Refused);
        EXPECT_TRUE(failed(appraisal, "csr.signature"));
    }
}

// Requests of test/requests, signed by a key of ours.
Appraisal appraise_request(std::string const& name) {
    std::ifstream file{
        std::string{enarx::test::source_folder} + "/test/requests/" + name, std::ios::binary
    };
    std::string const text{std::istreambuf_iterator<char>(file), {}};
    auto const bytes = base::view_of(text);
    Trial trial;
    trial.evidence.assign(bytes.begin(), bytes.end());
    trial.at = time_of("2023-02-01T00:00:00Z");
    EXPECT_EQ(recognise(trial.evidence), Kind::EnarxRequest) << name;
    return trial.run(Kind::EnarxRequest);
}

void expect_refused(std::string const& name, std::string_view rule) {
    auto const appraisal = appraise_request(name);
    EXPECT_EQ(appraisal.verdict(), Verdict::Refused) << name;
    EXPECT_TRUE(failed(appraisal, rule)) << name << "\n" << explain(appraisal);
    EXPECT_EQ(outcome_of(appraisal, "csr.signature"), Outcome::Passed) << name;
}

TEST(Csr, AKeepWithoutHardwareIsRefused) { expect_refused("kvm.csr", "csr.hardware"); }

TEST(Csr, EvidenceThatIsBoundToAnotherKeyIsRefused) {
    expect_refused("stolen-evidence.csr", "csr.binding");
}

TEST(Csr, NoEvidenceOrMoreThanOneOrAnUnknownExtensionIsRefused) {
    expect_refused("no-extension.csr", "csr.evidence");
    expect_refused("two-extensions.csr", "csr.evidence");
    expect_refused("unknown-extension.csr", "csr.evidence");
    expect_refused("malformed-evidence.csr", "csr.evidence-form");
}

} // namespace
