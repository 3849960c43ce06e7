#include "keep/exec/wasi/utf8.hpp"

#include <gtest/gtest.h>

namespace exec::wasi {
namespace {

TEST(Utf8, TakesOneToFourBytesPerCharacter) {
    EXPECT_TRUE(utf8(""));
    EXPECT_TRUE(utf8("plain/path"));
    EXPECT_TRUE(utf8("stra\xc3\x9f\x65"));
    EXPECT_TRUE(utf8("\xe2\x82\xac"));
    EXPECT_TRUE(utf8("\xf0\x9f\x94\x92"));
    EXPECT_TRUE(utf8("\xf4\x8f\xbf\xbf"));
}

TEST(Utf8, RefusesOverlongForms) {
    EXPECT_FALSE(utf8("\xc0\xaf"));
    EXPECT_FALSE(utf8("\xe0\x80\xaf"));
    EXPECT_FALSE(utf8("\xf0\x80\x80\xaf"));
}

TEST(Utf8, RefusesSurrogatesAndWhatLiesBeyondUnicode) {
    EXPECT_FALSE(utf8("\xed\xa0\x80"));
    EXPECT_FALSE(utf8("\xf4\x90\x80\x80"));
    EXPECT_FALSE(utf8("\xf5\x80\x80\x80"));
}

TEST(Utf8, RefusesACharacterThatIsCutOff) {
    EXPECT_FALSE(utf8("a\xc3"));
    EXPECT_FALSE(utf8("a\xe2\x82"));
    EXPECT_FALSE(utf8("\x80"));
    EXPECT_FALSE(utf8("\xe2\x28\xa1"));
}

} // namespace
} // namespace exec::wasi
