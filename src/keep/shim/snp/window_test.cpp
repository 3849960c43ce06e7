// The window's entries: whose a page is, and that it stays so.

#include "keep/shim/snp/window.hpp"

#include <gtest/gtest.h>

namespace shim::snp {
namespace {

constexpr std::uint64_t own = 1ULL << 51;
constexpr std::uint64_t place = 0x4000'0000;

TEST(AnEntryOfTheWindow, says_whose_its_memory_is) {
    auto const keeps = window_entry(place, Whose::Keeps, own);
    auto const hosts = window_entry(place, Whose::Hosts, own);
    EXPECT_EQ(keeps.raw & own, own);
    EXPECT_EQ(hosts.raw & own, 0U);
    for (auto const& entry : {keeps, hosts}) {
        EXPECT_EQ(entry.address().raw(), place);
        EXPECT_TRUE(entry.get<Entry::Present>() && entry.get<Entry::Writable>());
        EXPECT_TRUE(entry.get<Entry::Large>() && entry.get<Entry::NoExecute>());
        EXPECT_FALSE(entry.get<Entry::User>());
    }
}

TEST(AnEntryOfTheWindow, once_there_never_changes_sides) {
    for (auto const first : {Whose::Keeps, Whose::Hosts})
        for (auto const then : {Whose::Keeps, Whose::Hosts}) {
            Entry entry{};
            show_in_window(entry, place, first, own);
            auto const before = entry.raw;
            show_in_window(entry, place, then, own);
            EXPECT_EQ(entry.raw, before);
            EXPECT_EQ(entry.raw, window_entry(place, first, own).raw);
        }
}

} // namespace
} // namespace shim::snp
