#include "attest/json/tree.hpp"

#include <string>

#include <gtest/gtest.h>

namespace {

using attest::json::Kind;
using attest::json::Tree;

bool accepted(std::string_view text) { return Tree::parse(text).has_value(); }

TEST(Json, ValuesKnowTheBytesThatTheyAreMadeOf) {
    constexpr std::string_view text = R"( {"a": {"b" : [1, "x"] },"c":null} )";
    auto const tree = Tree::parse(text);
    ASSERT_TRUE(tree);
    auto const root = tree->root();
    EXPECT_EQ(root.kind(), Kind::Object);
    EXPECT_EQ(root.content(), R"({"a": {"b" : [1, "x"] },"c":null})");
    auto const a = root.member("a");
    ASSERT_TRUE(a);
    EXPECT_EQ(a->content(), R"({"b" : [1, "x"] })");
    EXPECT_EQ(a->content().data() - text.data(), 7);
    std::string seen;
    for (auto const element : a->member("b")->children()) seen += element.content();
    EXPECT_EQ(seen, "1x");
    EXPECT_EQ(root.member("c")->kind(), Kind::Null);
    EXPECT_FALSE(root.member("d"));
    EXPECT_FALSE(a->member("b")->member("a"));
}

TEST(Json, ANameTwiceInOneObjectIsRefusedAndInTwoObjectsIsNot) {
    EXPECT_FALSE(accepted(R"({"a":1,"a":1})"));
    EXPECT_FALSE(accepted(R"({"a":1,"b":{"a":2},"a":1})"));
    EXPECT_TRUE(accepted(R"({"a":1,"b":{"a":2}})"));
    EXPECT_FALSE(accepted(R"({"a":1,"\u0061":1})")) << "no escape can hide a name";
}

TEST(Json, WhatTheGrammarDoesNotKnowIsRefusedWithItsOffset) {
    for (auto const* text :
         {"",
          " ",
          "{",
          "}",
          "[1,]",
          R"({"a"})",
          R"({"a":})",
          R"({"a":1,})",
          R"({a:1})",
          R"({'a':1})",
          "01",
          "+1",
          "1.",
          ".5",
          "1e",
          "-",
          "nul",
          "truee",
          "\"a",
          "\"\\x\"",
          "\"\\u12g4\"",
          "\"\n\"",
          "1 2",
          "{} {}",
          "// c\n1",
          "\xef\xbb\xbf{}",
          "\"\xff\"",
          "\"\xc0\xaf\""})
        EXPECT_FALSE(accepted(text)) << text;
    for (auto const* text :
         {"0",
          "-0",
          "10.5e+3",
          "true",
          "false",
          "null",
          "[]",
          "{}",
          "\"\\u00e9\\n\"",
          "\"\xc3\xa9\"",
          " \r\n\t[ ] "})
        EXPECT_TRUE(accepted(text)) << text;
    EXPECT_EQ(Tree::parse(R"({"a":1 "b":2})").error().offset, 7U);
}

TEST(Json, DepthAndNumberOfMembersAreBounded) {
    EXPECT_TRUE(accepted(std::string(12, '[') + std::string(12, ']')));
    EXPECT_FALSE(accepted(std::string(14, '[') + std::string(14, ']')));
    EXPECT_FALSE(accepted(std::string(1'000'000, '[')));
    std::string many = "{\"0\":0";
    for (int i = 1; i < 65; ++i) many += ",\"" + std::to_string(i) + "\":0";
    EXPECT_FALSE(accepted(many + "}"));
}

} // namespace
