#include "base/budget.hpp"

#include <gtest/gtest.h>

namespace base {
namespace {

TEST(Budget, gives_all_that_is_asked_for_or_nothing) {
    Budget budget{10};
    EXPECT_TRUE(budget.take(7));
    EXPECT_FALSE(budget.take(4));
    EXPECT_EQ(budget.left(), 3U);
    EXPECT_TRUE(budget.take(3));
    budget.give_back(5);
    EXPECT_EQ(budget.taken(), 5U);
    EXPECT_FALSE(budget.take(UINT64_MAX));
}

TEST(Budget, without_a_number_has_no_end) {
    Budget budget{{}};
    EXPECT_TRUE(budget.take(1ULL << 60));
    EXPECT_TRUE(budget.take(1ULL << 60));
}

TEST(Budget, counts_what_a_part_takes_in_the_whole_too) {
    auto const whole = std::make_shared<Budget>(100);
    Budget first{80, whole};
    Budget second{{}, whole};
    EXPECT_TRUE(first.take(60));
    EXPECT_EQ(second.left(), 40U);
    EXPECT_FALSE(second.take(41));
    EXPECT_TRUE(second.take(40));
    EXPECT_FALSE(first.take(1)); // 20 of its own are left, none of the whole
    EXPECT_EQ(first.taken(), 60U);
    second.give_back(40);
    EXPECT_TRUE(first.take(20));
    EXPECT_FALSE(first.take(1)); // the other way round
    EXPECT_EQ(whole->taken(), 80U);
}

TEST(Budget, leaves_the_whole_as_it_found_it) {
    auto const whole = std::make_shared<Budget>(10);
    {
        Budget part{{}, whole};
        EXPECT_TRUE(part.take(10));
    }
    EXPECT_EQ(whole->left(), 10U);
}

TEST(Budget, can_take_again_what_was_given_back_just_now) {
    auto const whole = std::make_shared<Budget>(10);
    Budget part{10, whole};
    EXPECT_TRUE(part.take(10));
    part.give_back(10);
    part.take_again(10);
    EXPECT_EQ(whole->left(), 0U);
    EXPECT_EQ(part.left(), 0U);
}

} // namespace
} // namespace base
