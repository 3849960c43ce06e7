// Wishes for a verdict, as they have to be.

#include "service/api/verify.hpp"

#include <gtest/gtest.h>

namespace service {
namespace {

constexpr std::string_view good =
    R"({"evidence":"AAEC","nonce":"0001020304050607","policy":"authentic","measurements":["aabb"],"endorsements":["AA=="]})";

std::string replaced(std::string_view from, std::string_view to) {
    std::string out{good};
    auto const at = out.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return out.replace(at, from.size(), to);
}

TEST(VerifyWish, IsReadWhole) {
    auto const wish = parse_verify_wish(good);
    ASSERT_TRUE(wish) << wish.error();
    EXPECT_EQ(wish->evidence.size(), 3U);
    EXPECT_EQ(wish->nonce.size(), 8U);
    EXPECT_EQ(wish->policy, "authentic");
    EXPECT_EQ(wish->measurements.size(), 1U);
    EXPECT_EQ(wish->endorsements.size(), 1U);
    EXPECT_EQ(
        parse_verify_wish(R"({"evidence":"AAEC","nonce":"0001020304050607"})")->policy, "strict"
    );
}

TEST(VerifyWish, WithoutWhatItNeedsIsRefused) {
    for (auto const& wrong : {
             std::string{"[]"},
             std::string{""},
             std::string{"{"},
             std::string{R"({"nonce":"0001020304050607"})"},
             std::string{R"({"evidence":"AAEC"})"},
             replaced("AAEC", ""),
             replaced("AAEC", "A"),
             replaced("AAEC", "%"),
             replaced("0001020304050607", "00010203040506"),
             replaced("0001020304050607", std::string(130, '0')),
             replaced("0001020304050607", "xx"),
             replaced("\"authentic\"", "7"),
             replaced("[\"aabb\"]", "\"aabb\""),
             replaced("aabb", "aab"),
             replaced("aabb", ""),
             replaced("\"policy\"", "\"polcy\""),
             replaced("\"AA==\"", "[[[[[[]]]]]]"),
         })
        EXPECT_FALSE(parse_verify_wish(wrong)) << wrong;
}

TEST(EarForm, IsTheFirstThatCanBeWritten) {
    for (std::string_view const jwt :
         {"", "*/*", "application/eat+jwt", "text/html, application/jwt;q=0.9", "application/*"})
        EXPECT_EQ(wanted_form(jwt), EarForm::Jwt) << jwt;
    for (std::string_view const cwt : {"application/eat+cwt", "application/cwt, application/jwt"})
        EXPECT_EQ(wanted_form(cwt), EarForm::Cwt) << cwt;
    EXPECT_EQ(wanted_form("text/html"), EarForm::Neither);
}

} // namespace
} // namespace service
