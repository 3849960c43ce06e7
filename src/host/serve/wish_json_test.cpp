#include "host/serve/wish_json.hpp"

#include <gtest/gtest.h>

namespace {

using namespace host::serve;

std::string why(std::string_view json) {
    auto const wish = parse_wish(json);
    return wish ? "accepted" : wish.error();
}

TEST(Wish, is_read) {
    auto const wish = parse_wish(
        R"({"backend":"kvm","memory":"2G","listen":["[::]:443","0.0.0.0:80"],"connect":["db:1"]})"
    );
    ASSERT_TRUE(wish) << wish.error();
    EXPECT_EQ(wish->backend, "kvm");
    EXPECT_EQ(wish->memory, std::uint64_t{2} << 30);
    ASSERT_EQ(wish->listen.size(), 2U);
    EXPECT_EQ(wish->listen[0].host, "::");
    EXPECT_EQ(wish->listen[0].text(), "[::]:443");
    EXPECT_EQ(wish->connect[0].text(), "db:1");
    EXPECT_TRUE(parse_wish(""));
    EXPECT_EQ(parse_wish(R"({"memory":1048576})")->memory, 1U << 20);
}

TEST(Wish, is_refused_with_a_reason) {
    EXPECT_TRUE(why("{").contains("no JSON object"));
    EXPECT_TRUE(why("[]").contains("no JSON object"));
    EXPECT_TRUE(why(R"({"x":1})").contains("none of"));
    EXPECT_TRUE(why(R"({"backend":1})").contains("'backend'"));
    for (auto const* memory : {"-1", "1.5", "\"2 sheep\"", "1", "true", "1e99"})
        EXPECT_TRUE(why("{\"memory\":" + std::string{memory} + '}').contains("'memory'")) << memory;
    for (auto const* listen :
         {R"("0.0.0.0:80")",
          R"([80])",
          R"(["80"])",
          R"(["host:80"])",
          R"(["0.0.0.0:0"])",
          R"(["0.0.0.0:65536"])",
          R"(["::80"])",
          R"(["0.0.0.0:080"])",
          R"(["[::]:"])"})
        EXPECT_TRUE(why("{\"listen\":" + std::string{listen} + '}').contains("'listen'")) << listen;
    for (auto const* connect : {R"(["a b:1"])", R"(["--x:1"])", R"([":1"])", R"(["a:*"])"})
        EXPECT_TRUE(why("{\"connect\":" + std::string{connect} + '}').contains("'connect'"))
            << connect;
    std::string many = R"({"connect":["a:1")";
    for (int i = 0; i < 64; ++i) many += R"(,"a:1")";
    EXPECT_TRUE(why(many + "]}").contains("'connect'"));
    EXPECT_TRUE(why(std::string(60'000, '[')).contains("no JSON object"));
}

} // namespace
