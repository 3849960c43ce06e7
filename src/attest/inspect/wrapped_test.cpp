// A report in JSON, as guests pass it on, and its certificates in JSON: described as if they had
// come alone.

#include "attest/application.hpp"
#include "attest/inspect/describe.hpp"
#include "attest/inspect/looks.hpp"
#include "attest/testing/cases.hpp"
#include "attest/text.hpp"
#include "protocol/evidence/vouched.hpp"

#include <gtest/gtest.h>

namespace {

using namespace attest;
using namespace attest::inspect;
using Bytes = std::vector<std::byte>;
using Kind = attest::inspect::Kind;

Bytes report() { return attest::testing::snp_cases().front().parts[0].bytes; }

std::string in_json(base::View bytes) { return R"({"report":")" + hex(bytes) + "\"}"; }

TEST(InspectWrapped, EvidenceInsideIsDescribedAsIfAloneAndWhereItStoodIsTold) {
    auto const alone = report();
    auto const text = in_json(alone);
    auto const bytes = base::view_of(text);
    ASSERT_EQ(recognise(bytes, bytes.size()), Kind::WrappedEvidence);
    auto inside = describe(Kind::WrappedEvidence, {bytes, "file"}, {});
    auto const plain = describe(Kind::Evidence, {alone, "file"}, {});
    EXPECT_EQ(inside.kind, plain.kind);
    EXPECT_EQ(inside.fields.front(), "field /report, hexadecimal");
    inside.fields.erase("inside");
    EXPECT_EQ(inside.fields, plain.fields);
    ASSERT_EQ(inside.checks.size(), plain.checks.size());
}

TEST(InspectWrapped, WhatAKeepSaysThatItRunsIsToldAndWhetherItsReportIsOfThat) {
    protocol::evidence::Application runs{};
    runs.workload.fill(std::byte{0x11});
    auto signed_for = report();
    auto const encoded = [&] {
        return protocol::evidence::encode(
            protocol::evidence::Vouched{
                .report = signed_for, .application = runs, .certificates = {}
            }
        );
    };
    auto const outcome = [](Description const& made) {
        auto const found = std::ranges::find(made.checks, "application", &Check::name);
        return found == made.checks.end() ? Outcome::Off : found->outcome;
    };
    auto const foreign = describe(Kind::WrappedEvidence, {encoded(), "file"}, {});
    EXPECT_EQ(outcome(foreign), Outcome::Failed);
    EXPECT_TRUE(wrong(foreign));
    EXPECT_EQ(foreign.fields["workload"], hex(runs.workload));
    std::ranges::copy(report_data_of(runs), signed_for.begin() + 0x50);
    auto const own = describe(Kind::WrappedEvidence, {encoded(), "file"}, {});
    EXPECT_EQ(outcome(own), Outcome::Passed);
    EXPECT_EQ(own.fields["user_data"], "");
}

TEST(InspectWrapped, WhyThereIsNothingIsToldAndWhatIsNoWrapperIsNone) {
    Bytes hcl(4096);
    std::ranges::copy(base::view_of("HCLA"), hcl.begin());
    ASSERT_EQ(recognise(hcl, hcl.size()), Kind::WrappedEvidence);
    auto const made = describe(Kind::WrappedEvidence, {hcl, "file"}, {});
    EXPECT_EQ(made.kind, "wrapper");
    EXPECT_TRUE(made.fields["holds"].get<std::string>().contains("Azure HCL report"));
    auto const alone = report();
    EXPECT_FALSE(looks_like_wrapped_evidence(alone, alone.size()));
    auto const words = base::view_of(R"({"report":"none"})");
    EXPECT_FALSE(looks_like_wrapped_evidence(words, words.size()));
    // Of a file of which only the front was read nothing is said.
    auto const text = in_json(alone);
    EXPECT_FALSE(looks_like_wrapped_evidence(base::view_of(text), text.size() + 1));
}

TEST(InspectWrapped, CertificatesInsideAreDescribedAsTheyAre) {
    auto const parts = attest::testing::snp_cases().front().parts;
    std::string const guid = "63da758de6644564adc5f4b93be8accd";
    auto table = attest::testing::unhex(guid + "30000000");
    auto const& der = parts[1].bytes;
    for (unsigned i = 0; i < 4; ++i) table.push_back(std::byte(der.size() >> 8 * i));
    table.resize(48);
    table.insert(table.end(), der.begin(), der.end());
    ASSERT_EQ(recognise(table, table.size()), Kind::WrappedCertificates);
    auto const inside = describe(Kind::WrappedCertificates, {table, "file"}, {});
    auto const plain = describe(Kind::Certificates, {der, "file"}, {});
    EXPECT_EQ(inside.kind, plain.kind);
    EXPECT_EQ(inside.fields, plain.fields);
    EXPECT_FALSE(looks_like_wrapped_certificates(table, table.size() + 1));
    table.resize(48);
    EXPECT_FALSE(looks_like_wrapped_certificates(table, table.size()));
}

} // namespace
