// Good evidence between other bytes: found to its last byte, and not any more once one of the
// things is gone that only evidence has.

#include "attest/testing/cases.hpp"
#include "attest/wrapped/scan.hpp"

#include <gtest/gtest.h>

namespace {

using namespace attest;
using namespace attest::testing;
using Bytes = std::vector<std::byte>;

constexpr std::size_t before = 3;

Bytes between(base::View evidence) {
    Bytes out(before, std::byte{'x'});
    out.insert(out.end(), evidence.begin(), evidence.end());
    out.resize(out.size() + 5, std::byte{'y'});
    return out;
}

bool found(base::View evidence) { return !wrapped::scan(between(evidence)).empty(); }

Bytes changed(Bytes bytes, std::size_t at, std::byte value) {
    bytes[at] = value;
    return bytes;
}

Bytes first(std::vector<Case> const& cases) { return cases.front().parts[0].bytes; }

TEST(Scan, FindsEachReportQuoteAndDocumentToItsLastByte) {
    int tried = 0;
    for (auto const& cases : {snp_cases(), quote_cases(), nitro_cases()})
        for (auto const& of : cases) {
            SCOPED_TRACE(of.parts[0].name);
            auto const bytes = between(of.parts[0].bytes);
            auto const all = wrapped::scan(bytes);
            ASSERT_EQ(all.size(), 1U);
            EXPECT_EQ(all[0].offset, before);
            // A quote may be padded in its file; its own lengths count.
            EXPECT_LE(all[0].evidence.size(), of.parts[0].bytes.size());
            auto const exact = base::View{of.parts[0].bytes}.first(all[0].evidence.size());
            EXPECT_TRUE(base::all_zero(base::View{of.parts[0].bytes}.subspan(exact.size())));
            EXPECT_TRUE(base::equal(all[0].evidence, exact));
            ++tried;
        }
    EXPECT_GT(tried, 0);
}

// SEV-SNP firmware ABI, table "ATTESTATION_REPORT": version, algorithm, and signature with zeros.
TEST(Scan, AReportIsToldByVersionAlgorithmAndTheZerosOfItsSignature) {
    auto const report = first(snp_cases());
    ASSERT_TRUE(found(report));
    for (auto const version : {0, 1, 6})
        EXPECT_FALSE(found(changed(report, 0, std::byte(version))));
    EXPECT_FALSE(found(changed(report, 0x34, std::byte{2})));
    for (auto const at : {0x2a0 + 48, 0x2a0 + 71, 0x2e8 + 48, 0x2e8 + 71, 0x330, 0x49f})
        EXPECT_FALSE(found(changed(report, static_cast<std::size_t>(at), std::byte{1}))) << at;
    auto unsigned_report = report;
    std::fill_n(unsigned_report.begin() + 0x2a0, 72, std::byte{});
    EXPECT_FALSE(found(unsigned_report));
    EXPECT_TRUE(wrapped::scan(base::View{report}.first(report.size() - 1)).empty());
}

// Intel's DCAP quoting library, quote format: version, the vendor's UUID at 12, lengths.
TEST(Scan, AQuoteIsToldByItsVersionVendorAndLengths) {
    auto const quote = first(quote_cases());
    ASSERT_TRUE(found(quote));
    for (auto const version : {2, 6}) EXPECT_FALSE(found(changed(quote, 0, std::byte(version))));
    EXPECT_FALSE(found(changed(quote, 12, ~quote[12])));
    constexpr std::size_t length_at = 48 + 384; // header, enclave report
    EXPECT_FALSE(found(changed(quote, length_at + 3, std::byte{1}))) << "longer than what is there";
    EXPECT_TRUE(wrapped::scan(base::View{quote}.first(length_at + 3)).empty());
}

TEST(Scan, ADocumentThatIsCutShortIsNone) {
    auto const document = first(nitro_cases());
    ASSERT_TRUE(found(document));
    EXPECT_TRUE(wrapped::scan(base::View{document}.first(document.size() - 1)).empty());
}

TEST(Scan, SeveralPiecesAreAllFoundUpToAFew) {
    auto const report = first(snp_cases());
    Bytes many;
    for (std::size_t count = 1; count <= 6; ++count) {
        many.push_back(std::byte{'x'});
        many.insert(many.end(), report.begin(), report.end());
        auto const all = wrapped::scan(many);
        ASSERT_EQ(all.size(), std::min<std::size_t>(count, 4));
        for (std::size_t i = 0; i < all.size(); ++i)
            EXPECT_EQ(all[i].offset, 1 + i * (report.size() + 1));
    }
}

} // namespace
