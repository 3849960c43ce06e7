#include "base/nearest.hpp"

#include <string>

#include <gtest/gtest.h>

namespace {

constexpr std::array<std::string_view, 5> keys{"kind", "name", "prot", "port", "session_tickets"};

TEST(Nearest, CountsInsertionsRemovalsReplacementsAndExchanges) {
    EXPECT_EQ(base::edit_distance("kind", "kind"), 0U);
    EXPECT_EQ(base::edit_distance("kin", "kind"), 1U);
    EXPECT_EQ(base::edit_distance("kinds", "kind"), 1U);
    EXPECT_EQ(base::edit_distance("kine", "kind"), 1U);
    EXPECT_EQ(base::edit_distance("knid", "kind"), 1U);
    EXPECT_EQ(base::edit_distance("kitten", "sitting"), 3U);
    EXPECT_EQ(base::edit_distance("", "abc"), 3U);
}

TEST(Nearest, FindsTheWordThatWasMeant) {
    EXPECT_EQ(base::nearest("knid", keys), "kind");
    EXPECT_EQ(base::nearest("sesion_ticket", keys), "session_tickets");
}

TEST(Nearest, AnswersNothingWhereNoWordIsNear) {
    EXPECT_EQ(base::nearest("volumes", keys), "");
    EXPECT_EQ(base::nearest("", keys), "");
    EXPECT_EQ(base::nearest(std::string(5000, 'k'), keys), "");
}

} // namespace
