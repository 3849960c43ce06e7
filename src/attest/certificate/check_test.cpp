#include "attest/certificate/check.hpp"
#include "attest/roots.hpp"
#include "attest/testing/appraise.hpp"
#include "attest/testing/vectors.hpp"

#include <gtest/gtest.h>

namespace {

using namespace attest;
using namespace attest::testing;
using Bytes = std::vector<std::byte>;

Bytes vcek() {
    auto const& vectors = Vectors::instance();
    for (auto const& vector : vectors.of_kind("amd-vcek-cert"))
        if (vector.positive == true) return vectors.read(vector.path);
    throw std::runtime_error("no VCEK among the vectors");
}

certificate::Check check(Bytes const& bytes) {
    Trial trial;
    trial.evidence = bytes;
    return certificate::check(trial.request());
}

TEST(CertificateCheck, NamesWhoseCertificateItIs) {
    EXPECT_EQ(check(vcek()).subject(), "SEV-VCEK");
}

TEST(CertificateCheck, WithoutTheChainNothingIsSaidForIt) {
    EXPECT_NE(check(vcek()).verdict(), Verdict::Accepted);
}

TEST(CertificateCheck, OneThatIsCutShortIsRefusedByItsFormAndHasNoName) {
    auto cut = vcek();
    cut.pop_back();
    auto const made = check(cut);
    EXPECT_EQ(made.verdict(), Verdict::Refused);
    EXPECT_EQ(outcome_of(made.findings(), "snp.certificate.form"), Outcome::Failed);
    EXPECT_EQ(made.subject(), "");
}

TEST(CertificateCheck, OnlyCertificatesOfAmdLookLikeOne) {
    EXPECT_TRUE(certificate::looks_like(vcek()));
    for (auto const& root : builtin_roots())
        EXPECT_EQ(certificate::looks_like(root.der), root.name.starts_with("ARK-")) << root.name;
    auto const& vectors = Vectors::instance();
    for (auto const& list : vectors.of_kind("amd-crl"))
        EXPECT_FALSE(certificate::looks_like(vectors.read(list.path))) << list.path;
    EXPECT_FALSE(certificate::looks_like(base::view_of("Advanced Micro Devices")));
    EXPECT_FALSE(certificate::looks_like({}));
}

} // namespace
