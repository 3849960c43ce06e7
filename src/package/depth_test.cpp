#include "package/depth.hpp"

#include <string>

#include <gtest/gtest.h>

namespace {

std::string deep(std::size_t parts) {
    std::string key = "a";
    for (std::size_t i = 1; i < parts; ++i) key += ".a";
    return key;
}

TEST(KeyDepth, AcceptsKeysUpToTheLimitAndNoFurther) {
    EXPECT_FALSE(package::key_too_deep(deep(package::max_key_parts) + " = 1\n"));
    auto const where =
        package::key_too_deep("x = 1\n" + deep(package::max_key_parts + 1) + " = 1\n");
    ASSERT_TRUE(where);
    EXPECT_EQ(where->line, 2U);
    EXPECT_EQ(where->column, 2 * package::max_key_parts);
}

TEST(KeyDepth, LooksIntoHeadersAndInlineTables) {
    EXPECT_TRUE(package::key_too_deep("[" + deep(100) + "]\n"));
    EXPECT_TRUE(package::key_too_deep("x = { y = [ { " + deep(100) + " = 1 } ] }\n"));
    EXPECT_TRUE(package::key_too_deep("a . 'b' . \"c\"" + std::string(100, '.') + " = 1\n"));
}

TEST(KeyDepth, DoesNotCountDotsOfStringsAndComments) {
    std::string const dots(100, '.');
    EXPECT_FALSE(package::key_too_deep("a = \"" + dots + "\\\"" + dots + "\"\n"));
    EXPECT_FALSE(package::key_too_deep("a = '" + dots + "' # it's " + dots + "\n"));
    EXPECT_FALSE(package::key_too_deep("a = \"\"\"\n\"" + dots + "\n\"\" " + dots + "\"\"\"\"\n"));
    EXPECT_FALSE(package::key_too_deep("a = '''\n'" + dots + "\n'' " + dots + "'''''\n"));
    EXPECT_FALSE(package::key_too_deep("a = [1.0, 2.0]\n" + dots.substr(0, 10)));
}

TEST(KeyDepth, SeesTheKeyBehindAString) {
    EXPECT_TRUE(package::key_too_deep("a = \"x\"\n" + deep(100) + " = 1\n"));
    EXPECT_TRUE(package::key_too_deep("a = '''x'''\n" + deep(100) + " = 1\n"));
    EXPECT_TRUE(package::key_too_deep("a = \"unclosed\n" + deep(100) + " = 1\n"));
}

} // namespace
