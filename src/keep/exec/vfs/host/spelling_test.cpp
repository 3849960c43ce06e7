#include "keep/exec/vfs/host/spelling.hpp"
#include "keep/exec/vfs/path.hpp"

#include <random>
#include <set>

#include <gtest/gtest.h>

namespace exec::vfs::host {
namespace {

std::string meant_by(std::string_view text) {
    std::string room;
    auto const bytes = meant(text, room);
    return bytes ? std::string{*bytes} : "refused";
}

TEST(Spelling, OfAnUtf8NameIsTheName) {
    for (std::string const name : {"plain", "größe", "日本語", "\xef\xbb\xbf with a mark", "😀"}) {
        EXPECT_EQ(shown(name), name);
        EXPECT_EQ(meant_by(name), name);
    }
}

TEST(Spelling, OfEachByteThatIsNoCharacterIsACharacter) {
    EXPECT_EQ(shown("a\x80z"), "a\xef\x9e\x80z");
    EXPECT_EQ(shown("\xff"), "\xef\x9f\xbf");
    EXPECT_EQ(
        shown(
            "gr\xf6\xdf"
            "e"
        ),
        "gr\xef\x9f\xb6\xef\x9f\x9f"
        "e"
    ); // Latin 1
}

TEST(Spelling, IsOneForEachNameAndMeansThatName) {
    std::mt19937 random{11};
    constexpr std::string_view bytes = "a/\x80\xbf\xc3\xa9\xef\x9e\x9f\xf0\xff";
    std::set<std::string> names;
    std::set<std::string> spellings;
    for (int i = 0; i < 50'000; ++i) {
        std::string name;
        for (auto n = 1 + (random() % 7); n > 0; --n) name += bytes[random() % bytes.size()];
        auto const spelling = shown(name);
        EXPECT_TRUE(valid_utf8(spelling));
        EXPECT_EQ(meant_by(spelling), name);
        names.insert(name);
        spellings.insert(spelling);
    }
    EXPECT_EQ(names.size(), spellings.size());
}

TEST(Spelling, ThatNoNameHasIsRefused) {
    // "é" from two stand-ins: the name has a spelling of its own.
    EXPECT_EQ(meant_by("\xef\x9f\x83\xef\x9e\xa9"), "refused");
}

TEST(Spelling, NeverHidesASlashOrAnEnd) {
    for (unsigned low = 0; low < 0x40; ++low)
        for (char const high : {'\x9e', '\x9f'}) {
            auto const byte = meant_by({std::string{'\xef', high, static_cast<char>(0x80 | low)}});
            if (byte != "refused") EXPECT_GE(static_cast<unsigned char>(byte.front()), 0x80);
        }
}

} // namespace
} // namespace exec::vfs::host
