#include "host/serve/shelf.hpp"

#include <gtest/gtest.h>

namespace host::serve {
namespace {

using Names = std::vector<std::string>;

// Of 100 bytes; a share of each of two is 50.
struct ShelfTest : testing::Test {
    Shelf shelf{100, 2};

    void bring(std::string const& name, std::uint64_t size, std::string const& customer) {
        shelf.add(name, size);
        shelf.brought(name, customer);
    }
};

TEST_F(ShelfTest, lets_what_was_used_longest_ago_go_first) {
    for (auto const* name : {"a", "b", "c"}) bring(name, 30, "alice");
    shelf.used("a");
    EXPECT_EQ(shelf.to_go_for(10, "alice"), Names{});
    EXPECT_EQ(shelf.to_go_for(30, "alice"), Names{"b"});
    EXPECT_EQ(shelf.to_go_for(100, "alice"), (Names{"b", "c", "a"}));
    EXPECT_EQ(shelf.to_go_for(101, "alice"), std::nullopt);
}

TEST_F(ShelfTest, keeps_what_others_have_within_their_share) {
    bring("b1", 40, "bob");
    bring("a1", 40, "alice");
    EXPECT_EQ(shelf.to_go_for(40, "alice"), Names{"a1"}) << "more than alice's share";
    EXPECT_EQ(shelf.to_go_for(70, "alice"), std::nullopt);
    EXPECT_EQ(shelf.to_go_for(10, "alice"), Names{});
}

TEST_F(ShelfTest, gives_each_its_share_of_what_others_have_beyond_theirs) {
    for (auto const* name : {"a1", "a2", "a3"}) bring(name, 30, "alice");
    EXPECT_EQ(shelf.to_go_for(30, "bob"), Names{"a1"});
    EXPECT_EQ(shelf.to_go_for(50, "bob"), (Names{"a1", "a2"}));
    EXPECT_EQ(shelf.to_go_for(60, "bob"), std::nullopt) << "more than bob's share";
    shelf.reserve(50, "bob");
    EXPECT_EQ(shelf.to_go_for(30, "bob"), std::nullopt);
    EXPECT_EQ(shelf.to_go_for(60, "alice"), std::nullopt) << "not even with all of it gone";
    shelf.give_back(50, "bob");
    EXPECT_EQ(shelf.to_go_for(50, "bob"), (Names{"a1", "a2"}));
}

TEST_F(ShelfTest, keeps_what_two_have_brought_as_long_as_one_may_keep_it) {
    bring("a1", 50, "alice");
    shelf.brought("a1", "bob");
    shelf.brought("a1", "bob");
    bring("b1", 50, "alice");
    EXPECT_EQ(shelf.to_go_for(50, "alice"), Names{"b1"});
    EXPECT_EQ(shelf.to_go_for(60, "alice"), std::nullopt);
    shelf.forget("a1");
    EXPECT_EQ(shelf.to_go_for(50, "bob"), Names{}) << "it counts for bob no more";
}

// To bring what is there costs nothing: whoever knows its digest can.
TEST_F(ShelfTest, lets_nobody_hold_more_of_anothers_than_its_share) {
    for (auto const* name : {"a1", "a2", "a3"}) {
        bring(name, 30, "alice");
        shelf.brought(name, "bob");
    }
    EXPECT_EQ(shelf.to_go_for(30, "alice"), Names{"a1"});
    EXPECT_EQ(shelf.to_go_for(50, "alice"), (Names{"a1", "a2"}));
    EXPECT_EQ(shelf.to_go_for(80, "alice"), std::nullopt) << "bob may keep a3";
}

TEST_F(ShelfTest, lets_go_what_is_nobodys_for_anybody) {
    shelf.add("old", 80);
    shelf.add("old", 80); // which is there already
    EXPECT_EQ(shelf.bytes(), 80U);
    EXPECT_EQ(shelf.to_go_for(90, "alice"), Names{"old"});
    shelf.add("older", 60);
    EXPECT_EQ(shelf.too_many(), Names{"old"});
    EXPECT_EQ(shelf.bytes(), 140U);
}

} // namespace
} // namespace host::serve
