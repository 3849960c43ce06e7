// An HCL report of our own, as Azure's documentation lays it out: header of 32 bytes, report of
// SEV-SNP, header of 20 bytes, JSON whose digest REPORT_DATA holds, zeros behind.

#include "attest/testing/mutants.hpp"
#include "attest/wrapped/azure.hpp"
#include "attest/wrapped/open.hpp"
#include "crypto/digest.hpp"

#include <gtest/gtest.h>

namespace {

using namespace attest::wrapped;
using Bytes = std::vector<std::byte>;

constexpr std::size_t report_at = 0x20;
constexpr std::size_t report_size = 1184;
constexpr std::size_t report_data_at = report_at + 0x50;
constexpr std::size_t runtime_at = report_at + report_size;
constexpr std::size_t type_at = runtime_at + 8;
constexpr std::size_t hash_at = runtime_at + 12;
constexpr std::size_t json_at = runtime_at + 20;
constexpr std::string_view json = R"({"keys":[]})";

void put(Bytes& to, std::size_t at, base::View bytes) {
    std::ranges::copy(bytes, to.begin() + static_cast<std::ptrdiff_t>(at));
}
void put_number(Bytes& to, std::size_t at, std::uint32_t number) {
    put(to, at, attest::testing::number(number, 4, true));
}

Bytes good() {
    Bytes out(json_at + json.size() + 64); // the NV index is larger than what it holds
    put(out, 0, base::view_of("HCLA"));
    put_number(out, 4, 2);
    put_number(out, runtime_at, 20 + json.size());
    put_number(out, type_at, 2);
    put_number(out, hash_at, 1);
    put_number(out, hash_at + 4, json.size());
    put(out, json_at, base::view_of(json));
    put(out, report_data_at, crypto::sha256(base::view_of(json)));
    return out;
}

std::string refusal(base::View bytes) {
    auto const parsed = azure::parse_hcl_report(bytes);
    return parsed ? "" : parsed.error();
}

TEST(AzureHclReport, GivesTheReportAndTheDataThatItBinds) {
    auto const bytes = good();
    EXPECT_TRUE(azure::looks_like_hcl_report(bytes));
    auto const parsed = azure::parse_hcl_report(bytes);
    ASSERT_TRUE(parsed) << parsed.error();
    EXPECT_EQ(parsed->report.data(), bytes.data() + report_at);
    EXPECT_EQ(parsed->report.size(), report_size);
    EXPECT_EQ(base::text_of(parsed->runtime_data), json);
}

TEST(AzureHclReport, TheDigestIsTheOneThatItsHeaderNames) {
    auto const data = base::view_of(json);
    auto bytes = good();
    put(bytes, report_data_at, crypto::sha512(data));
    EXPECT_NE(refusal(bytes), "");
    put_number(bytes, hash_at, 3);
    EXPECT_EQ(refusal(bytes), "");
    std::ranges::fill(std::span{bytes}.subspan(report_data_at, 64), std::byte{});
    put(bytes, report_data_at, crypto::sha384(data));
    EXPECT_NE(refusal(bytes), "");
    put_number(bytes, hash_at, 2);
    EXPECT_EQ(refusal(bytes), "");
}

TEST(AzureHclReport, ADigestThatItsHeaderDoesNotNameBindsNothing) {
    auto const data = base::view_of(json);
    auto const refuses = [&](Bytes bytes, auto const& digest) {
        put(bytes, report_data_at, digest);
        for (auto const none : {0U, 4U, ~0U}) {
            put_number(bytes, hash_at, none);
            EXPECT_NE(refusal(bytes), "") << none;
        }
    };
    refuses(good(), crypto::sha256(data));
    refuses(good(), crypto::sha384(data));
    refuses(good(), crypto::sha512(data));
}

TEST(AzureHclReport, OneChangedByteOfTheDataOrOfAllReportDataIsRefused) {
    auto const whole = good();
    auto changed = [&](std::size_t at) {
        auto bytes = whole;
        bytes[at] ^= std::byte{1};
        return refusal(bytes).contains("are not the digest of the runtime data");
    };
    for (std::size_t i = 0; i < json.size(); ++i) EXPECT_TRUE(changed(json_at + i)) << i;
    // Behind the digest, too: what nobody expects there is bound by nobody.
    for (std::size_t i = 0; i < 64; ++i) EXPECT_TRUE(changed(report_data_at + i)) << i;
    EXPECT_EQ(refusal(whole), "");
}

TEST(AzureHclReport, OneThatIsCutShortAnywhereIsRefused) {
    auto const whole = good();
    for (std::size_t size = 0; size < json_at + json.size(); ++size)
        EXPECT_EQ(
            refusal(base::View{whole}.first(size)),
            "an Azure HCL report that ends at byte " + std::to_string(size)
        );
    EXPECT_EQ(refusal(base::View{whole}.first(json_at + json.size())), "");
    auto longer = whole;
    put_number(longer, hash_at + 4, ~0U);
    EXPECT_TRUE(refusal(longer).contains("ends at byte"));
}

TEST(AzureHclReport, OfTdxHoldsNothingThatAnotherMachineCouldCheck) {
    auto bytes = good();
    put_number(bytes, type_at, 4);
    EXPECT_TRUE(refusal(bytes).contains("TDREPORT")) << refusal(bytes);
    put_number(bytes, type_at, 3);
    EXPECT_TRUE(refusal(bytes).contains("neither SEV-SNP nor TDX")) << refusal(bytes);
}

// Its digest fits, and so it is taken apart; but what it calls a report may be anything.
TEST(AzureHclReport, WhoseReportIsNoneHoldsNoEvidence) {
    auto bytes = good();
    auto const nothing = open(bytes);
    ASSERT_FALSE(nothing);
    EXPECT_TRUE(nothing.error().contains("no SEV-SNP report")) << nothing.error();
    put_number(bytes, report_at, 3); // the version
    auto const opened = open(bytes);
    ASSERT_TRUE(opened) << opened.error();
    EXPECT_EQ(opened->evidence.size(), report_size);
}

TEST(AzureHclReport, IsToldByItsMarkAndAWholeHeader) {
    auto bytes = good();
    EXPECT_TRUE(azure::looks_like_hcl_report(base::View{bytes}.first(0x20)));
    EXPECT_FALSE(azure::looks_like_hcl_report(base::View{bytes}.first(0x1f)));
    bytes[3] = std::byte{'B'};
    EXPECT_FALSE(azure::looks_like_hcl_report(bytes));
}

} // namespace
