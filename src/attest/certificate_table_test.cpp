// GHCB specification (publication 56421), 4.1.8.1.1: entries of GUID, offset and length, one of
// zeros, then what they point to.

#include "attest/certificate_table.hpp"
#include "attest/testing/vectors.hpp"
#include "base/view.hpp"

#include <gtest/gtest.h>

namespace {

using namespace attest;
using attest::testing::unhex;
using Bytes = std::vector<std::byte>;

constexpr auto vcek = "63da758de6644564adc5f4b93be8accd";
constexpr auto vlek = "a8074bc2a25a483eaae639c045a0b8a1";
constexpr auto ask = "4ab7b379bbac4fe4a02f05aef327c782";
constexpr auto ark = "c0b406a4a803495297433fb6014cd0ae";
constexpr auto list = "92f81bc358114d3d97ffd19f88dc67ea";
constexpr auto of_the_host = "00112233445566778899aabbccddeeff";
constexpr auto zeros = "00000000000000000000000000000000";

struct Entry {
    std::string guid;
    std::uint32_t offset;
    std::uint32_t length;
};

constexpr std::size_t entry_size = 24;

// The entries as they are given, without an end, and then `content`.
Bytes table(std::vector<Entry> const& entries, std::string const& content) {
    Bytes out;
    for (auto const& [guid, offset, length] : entries) {
        auto const bytes = unhex(guid);
        out.insert(out.end(), bytes.begin(), bytes.end());
        for (auto const number : {offset, length})
            for (unsigned i = 0; i < 4; ++i) out.push_back(std::byte(number >> 8 * i));
    }
    auto const view = base::view_of(content);
    out.insert(out.end(), view.begin(), view.end());
    return out;
}

Entry const end{zeros, 0, 0};
constexpr std::uint32_t behind_two = 2 * entry_size;

// What the table of one entry comes to, and where it is malformed.
std::optional<std::size_t> malformed_at(std::vector<Entry> const& entries) {
    auto const parsed = parse_certificate_table(table(entries, "certificate"));
    return parsed ? std::nullopt : std::optional(parsed.error().offset);
}

TEST(CertificateTable, GivesEachCertificateAndListOfThoseThatItKnowsInOrder) {
    std::vector<Entry> entries;
    std::uint32_t const begin = 6 * entry_size;
    std::uint32_t at = begin;
    for (auto const* guid : {vlek, list, vcek, ark, ask}) entries.push_back({guid, at++, 1});
    entries.push_back(end);
    auto const bytes = table(entries, "abcde");
    auto const parsed = parse_certificate_table(bytes);
    ASSERT_TRUE(parsed);
    ASSERT_EQ(parsed->size(), 5U);
    for (std::size_t i = 0; i < 5; ++i) {
        EXPECT_EQ(base::text_of((*parsed)[i].content), std::string(1, "abcde"[i]));
        EXPECT_EQ((*parsed)[i].offset, begin + i);
    }
}

TEST(CertificateTable, PassesOverWhatHostsAddAndWhatIsEmpty) {
    auto const parsed = parse_certificate_table(table(
        {{of_the_host, 4 * entry_size, 4},
         {ask, 4 * entry_size, 0},
         {vcek, 4 * entry_size + 4, 2},
         end},
        "hostme"
    ));
    ASSERT_TRUE(parsed);
    ASSERT_EQ(parsed->size(), 1U);
    EXPECT_EQ((*parsed)[0].offset, 4 * entry_size + 4);
}

TEST(CertificateTable, ACertificateLiesBehindTheTableAndWithinTheBytes) {
    constexpr std::uint32_t size = 11; // "certificate"
    EXPECT_EQ(malformed_at({{vcek, behind_two, size}, end}), std::nullopt);
    // At the length's place, of whichever entry it is.
    EXPECT_EQ(malformed_at({{vcek, behind_two, size + 1}, end}), 16U);
    EXPECT_EQ(malformed_at({{vcek, behind_two - 1, size}, end}), 16U);
    EXPECT_EQ(malformed_at({{vcek, behind_two + size + 1, 0}, end}), 16U);
    EXPECT_EQ(malformed_at({{vcek, behind_two, ~0U}, end}), 16U);
    EXPECT_EQ(malformed_at({{vcek, ~0U, 2}, end}), 16U);
    EXPECT_EQ(malformed_at({{of_the_host, behind_two, size + 1}, end}), 16U);
    EXPECT_EQ(
        malformed_at({{vcek, 3 * entry_size, size}, {ask, 3 * entry_size, size + 1}, end}),
        entry_size + 16U
    );
}

TEST(CertificateTable, EndsWithAnEntryOfZerosAndOnlyWithThat) {
    EXPECT_TRUE(malformed_at({{vcek, entry_size, 1}}));
    auto const whole = table({{vcek, behind_two, 0}, end}, "");
    EXPECT_TRUE(parse_certificate_table(whole));
    EXPECT_FALSE(parse_certificate_table(base::View{whole}.first(whole.size() - 1)));
    // A GUID of zeros that points somewhere is an entry like any other.
    auto const parsed = parse_certificate_table(
        table({{zeros, 3 * entry_size, 1}, {vcek, 3 * entry_size, 1}, end}, "c")
    );
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->size(), 1U);
}

TEST(CertificateTable, HoldsSoManyEntriesAndNoMore) {
    for (auto const count : {32U, 33U}) {
        std::vector<Entry> entries(count, {vcek, (count + 1) * std::uint32_t{entry_size}, 1});
        entries.push_back(end);
        EXPECT_EQ(malformed_at(entries).has_value(), count == 33) << count;
    }
}

TEST(CertificateTable, IsToldByTheGuidThatItBeginsWith) {
    for (auto const* guid : {vcek, vlek, ask, ark, list, "ecae0c0f950243b1afa20ae2e0d565b6"})
        EXPECT_TRUE(looks_like_certificate_table(table({{guid, 0, 0}}, ""))) << guid;
    EXPECT_FALSE(looks_like_certificate_table(table({{of_the_host, 0, 0}}, "")));
    auto const entry = table({{vcek, 0, 0}}, "");
    EXPECT_FALSE(looks_like_certificate_table(base::View{entry}.first(entry_size - 1)));
}

} // namespace
