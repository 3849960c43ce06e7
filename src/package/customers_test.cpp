#include "package/customers.hpp"

#include <gtest/gtest.h>

namespace {

std::string const good = R"([[customer]]
name = "alice"
token-sha256 = "0000000000000000000000000000000000000000000000000000000000000001"
keeps = 3
memory = "4GiB"
ports = [443, "8000-8999"]
connect = ["db.example:5432", "*.cdn.example:*", "[2001:db8::1]:53"]
)";

std::string refused(std::string_view text) {
    auto const parsed = package::parse_customers(text);
    return parsed ? "accepted" : parsed.error().message;
}

std::string with(std::string_view line, std::string_view instead) {
    auto text = good;
    auto const at = text.find(line);
    EXPECT_NE(at, std::string::npos);
    auto const end = text.find('\n', at);
    return text.replace(at, end - at, instead);
}

TEST(Customers, are_read) {
    auto const parsed = package::parse_customers(good);
    ASSERT_TRUE(parsed) << parsed.error().message;
    ASSERT_EQ(parsed->size(), 1U);
    auto const& alice = parsed->front();
    EXPECT_EQ(alice.name, "alice");
    EXPECT_EQ(alice.token_sha256->back(), std::byte{1});
    EXPECT_EQ(alice.keeps, 3U);
    EXPECT_EQ(alice.memory, std::uint64_t{4} << 30);
}

TEST(Customers, listen_and_connect_where_they_may) {
    auto const alice = package::parse_customers(good)->front();
    EXPECT_TRUE(alice.may_listen(443));
    EXPECT_TRUE(alice.may_listen(8000));
    EXPECT_TRUE(alice.may_listen(8999));
    EXPECT_FALSE(alice.may_listen(9000));
    EXPECT_TRUE(alice.may_connect("db.example", "5432"));
    EXPECT_FALSE(alice.may_connect("db.example", "5433"));
    EXPECT_FALSE(alice.may_connect("other.example", "5432"));
    EXPECT_TRUE(alice.may_connect("a.cdn.example", "1"));
    EXPECT_FALSE(alice.may_connect("cdn.example", "1"));
    EXPECT_FALSE(alice.may_connect("evilcdn.example", "1"));
    EXPECT_TRUE(alice.may_connect("2001:db8::1", "53"));
    package::Customer nobody{.name = "nobody"};
    EXPECT_FALSE(nobody.may_connect("a", "1"));
    EXPECT_FALSE(nobody.may_listen(1));
}

TEST(Customers, are_refused_with_a_reason) {
    EXPECT_TRUE(refused("").contains("no customer"));
    EXPECT_TRUE(refused("x = 1").contains("unknown key `x`"));
    EXPECT_TRUE(refused(with("name", "nam = 'alice'")).contains("unknown key `nam`"));
    EXPECT_TRUE(refused(with("name", "name = 'Alice B'")).contains("a name has"));
    EXPECT_TRUE(refused(with("token", "")).contains("needs `token-sha256`"));
    EXPECT_TRUE(refused(with("token", "token-sha256 = '00'")).contains("64 hexadecimal"));
    EXPECT_TRUE(refused(with("keeps", "keeps = -1")).contains("must be 0 to"));
    EXPECT_TRUE(refused(with("memory", "memory = '4 sheep'")).contains("is a size"));
    EXPECT_TRUE(refused(with("ports", "ports = [0]")).contains("a port must be"));
    EXPECT_TRUE(refused(with("ports", "ports = ['9-8']")).contains("a port must be"));
    EXPECT_TRUE(refused(with("ports", "ports = 443")).contains("must be an array"));
    EXPECT_TRUE(refused(with("connect", "connect = ['db']")).contains("is none of"));
    EXPECT_TRUE(refused(good + good).contains("the same name"));
}

} // namespace
