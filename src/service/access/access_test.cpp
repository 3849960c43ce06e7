// Who visits, and for how long a browser is known.

#include "crypto/digest.hpp"
#include "service/access/sessions.hpp"

#include <gtest/gtest.h>

namespace service {
namespace {

using namespace std::chrono_literals;
using Role = Visitor::Role;

Digest digest_of(std::string_view text) { return crypto::sha256(base::view_of(text)); }

struct AccessTest : ::testing::Test {
    static Settings settings() {
        Settings out{.listen = {}, .name = "s"};
        out.operator_tokens = {digest_of("the operator's token")};
        out.verifier_tokens = {digest_of("a token for evidence")};
        out.tenants = {
            {.name = "shop",
             .keys = {digest_of("shop key")},
             .tokens = {digest_of("token of the shop")}},
            {.name = "bank",
             .keys = {digest_of("bank key")},
             .tokens = {digest_of("token of the bank")}}
        };
        return out;
    }

    Settings const known = settings();
    Access const access{known};
};

TEST_F(AccessTest, knows_each_by_what_it_shows) {
    EXPECT_EQ(access.with_token("the operator's token")->role, Role::Operator);
    EXPECT_EQ(access.with_token("a token for evidence")->role, Role::Verifier);
    EXPECT_EQ(access.with_token("token of the shop")->tenant->name, "shop");
    EXPECT_EQ(access.with_token("token of the bank")->tenant->name, "bank");
    EXPECT_EQ(access.with_key(base::view_of("bank key"))->tenant->name, "bank");
}

TEST_F(AccessTest, knows_nobody_by_anything_else) {
    for (std::string_view const wrong :
         {"", "token of the shop ", "token of the sho", "another token of 16"})
        EXPECT_FALSE(access.with_token(wrong)) << wrong;
    EXPECT_FALSE(access.with_token(std::string(600, 'a')));
    EXPECT_FALSE(access.with_key({}));
    EXPECT_FALSE(access.with_key(base::view_of("token of the shop")));
    EXPECT_FALSE(access.with_token("shop key"));
}

TEST_F(AccessTest, takes_no_token_that_people_make_up_themselves) {
    auto weak = known;
    weak.operator_tokens = {digest_of("hunter2")};
    EXPECT_FALSE(Access{weak}.with_token("hunter2"));
}

TEST_F(AccessTest, gives_tenants_what_they_signed_and_nothing_else) {
    auto const shop = *access.with_token("token of the shop");
    EXPECT_TRUE(shop.owns(digest_of("shop key")));
    EXPECT_FALSE(shop.owns(digest_of("bank key")));
    EXPECT_FALSE(access.with_token("a token for evidence")->owns(digest_of("shop key")));
    EXPECT_TRUE(access.with_token("the operator's token")->owns(digest_of("bank key")));
}

TEST(BearerToken, is_what_follows_the_scheme) {
    EXPECT_EQ(bearer_token("Bearer abc"), "abc");
    EXPECT_EQ(bearer_token("bearer abc"), "abc");
    EXPECT_FALSE(bearer_token("Basic abc"));
    EXPECT_FALSE(bearer_token("Bearer"));
    EXPECT_FALSE(bearer_token(""));
}

TEST_F(AccessTest, remembers_a_browser_until_it_leaves_or_its_time_is_over) {
    Sessions sessions;
    auto const shop = *access.with_token("token of the shop");
    auto const now = Sessions::Clock::now();
    auto const cookie = *sessions.begin(shop, now);
    EXPECT_EQ(cookie.size(), 43U);
    EXPECT_EQ(sessions.find(cookie, now + 7h)->tenant->name, "shop");
    EXPECT_FALSE(sessions.find(cookie, now + 8h));
    EXPECT_FALSE(sessions.find("", now));
    EXPECT_FALSE(sessions.find(cookie + "x", now));
    sessions.end(cookie);
    EXPECT_FALSE(sessions.find(cookie, now));
}

TEST_F(AccessTest, keeps_so_many_browsers_of_one_visitor_and_no_more) {
    Sessions sessions;
    auto const shop = *access.with_token("token of the shop");
    auto const now = Sessions::Clock::now();
    auto const bank = *sessions.begin(*access.with_token("token of the bank"), now);
    auto const first = *sessions.begin(shop, now);
    for (std::size_t i = 1; i < Sessions::most_of_one; ++i)
        (void)sessions.begin(shop, now + std::chrono::seconds{i});
    EXPECT_TRUE(sessions.find(first, now + 1min));
    auto const last = *sessions.begin(shop, now + 1min);
    EXPECT_FALSE(sessions.find(first, now + 1min));
    EXPECT_TRUE(sessions.find(last, now + 1min));
    EXPECT_TRUE(sessions.find(bank, now + 1min));
}

TEST(Cookie, is_found_among_others_by_its_whole_name) {
    EXPECT_EQ(cookie_named("a=1; b=2", "b"), "2");
    EXPECT_EQ(cookie_named("ab=1; b=2", "b"), "2");
    EXPECT_EQ(cookie_named("b2=1", "b"), "");
    EXPECT_EQ(cookie_named("b", "b"), "");
    EXPECT_EQ(cookie_named("", "b"), "");
    EXPECT_EQ(cookie_named("b=", "b"), "");
}

} // namespace
} // namespace service
