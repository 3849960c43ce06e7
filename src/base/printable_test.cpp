#include "base/printable.hpp"

#include <gtest/gtest.h>

namespace base {
namespace {

std::string utf8(char32_t c) {
    auto const byte = [](char32_t value) { return static_cast<char>(value); };
    if (c < 0x80) return {byte(c)};
    if (c < 0x800) return {byte(0xc0 | c >> 6), byte(0x80 | (c & 0x3f))};
    return {byte(0xe0 | c >> 12), byte(0x80 | (c >> 6 & 0x3f)), byte(0x80 | (c & 0x3f))};
}

TEST(Printable, KeepsWhatIsText) {
    EXPECT_EQ(printable(""), "");
    EXPECT_EQ(printable("Vec<T>::push ~"), "Vec<T>::push ~");
    EXPECT_EQ(printable("Größe \u4e2d \U0001f5f3"), "Größe \u4e2d \U0001f5f3");
}

TEST(Printable, ShowsEachControlCharacterAsOneQuestionMark) {
    for (char32_t c = 0; c < 0xa0; ++c) {
        if (c >= 0x20 && c < 0x7f) continue;
        EXPECT_EQ(printable("a" + utf8(c) + "[31m"), "a?[31m") << static_cast<unsigned>(c);
    }
    EXPECT_EQ(printable(utf8(0xa0)), utf8(0xa0));
}

TEST(Printable, ShowsNoMarkThatTurnsTheDirectionOfWriting) {
    for (char32_t const c :
         {0x061c, 0x200e, 0x200f, 0x202a, 0x202e, 0x2028, 0x2029, 0x2066, 0x2069})
        EXPECT_EQ(printable("a" + utf8(c) + "b"), "a?b") << static_cast<unsigned>(c);
}

// A terminal that is not set to UTF-8 obeys the bytes 0x80 to 0x9f by themselves.
TEST(Printable, ShowsNoByteThatIsNotUtf8) {
    EXPECT_EQ(
        printable(
            "a\x9b"
            "31m"
        ),
        "a?31m"
    );
    EXPECT_EQ(printable("a\xc2"), "a?");
    EXPECT_EQ(printable("\xe2\x80"), "??");
    EXPECT_EQ(printable("\xff\xc3\xa4"), "?\xc3\xa4");
}

} // namespace
} // namespace base
