// Forms, and where a browser says that they come from.

#include "service/api/form.hpp"

#include <gtest/gtest.h>

namespace service {
namespace {

TEST(Form, HasFieldsByTheirWholeNames) {
    EXPECT_EQ(form_field("token=abc", "token"), "abc");
    EXPECT_EQ(form_field("a=1&token=a%2Bb+c&token=2", "token"), "a+b c");
    EXPECT_EQ(form_field("token=", "token"), "");
    for (std::string_view const wrong :
         {"", "token", "tokens=1", "xtoken=1", "token=%4", "token=%zz"})
        EXPECT_FALSE(form_field(wrong, "token")) << wrong;
}

TEST(Form, OfAnotherSiteIsFromElsewhere) {
    EXPECT_FALSE(from_elsewhere({"", "steward.example", ""}));
    EXPECT_FALSE(
        from_elsewhere({"https://steward.example:8443", "Steward.example:8443", "same-origin"})
    );
    EXPECT_FALSE(from_elsewhere({"", "steward.example", "none"}));
    EXPECT_TRUE(from_elsewhere({"https://evil.example", "steward.example", ""}));
    EXPECT_TRUE(from_elsewhere({"null", "steward.example", ""}));
    EXPECT_TRUE(from_elsewhere({"http://localhost:1", "localhost:2", ""}));
    EXPECT_TRUE(from_elsewhere({"", "steward.example", "cross-site"}));
    EXPECT_TRUE(from_elsewhere({"", "steward.example", "same-site"}));
}

} // namespace
} // namespace service
