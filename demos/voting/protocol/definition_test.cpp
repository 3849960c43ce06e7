// Definitions of elections: a valid one, and each way to be none.

#include "voting/protocol/definition.hpp"

#include <string>

#include <gtest/gtest.h>

namespace voting {

namespace {

std::string const digest_a(64, 'a');
std::string const digest_b(64, 'b');
std::string const digest_c(64, 'c');

std::string valid() {
    return "title: Mayor\nchoice: Alice\nchoice: Bj\xc3\xb6rn\nbatch: 4\nquorum: 1\nsalt: " +
           std::string(32, '1') + "\nofficial: " + digest_a + "\nvoter: " + digest_c +
           "\nvoter: " + digest_b + "\n";
}

std::string with(std::string_view old, std::string_view put) {
    std::string text = valid();
    return text.replace(text.find(old), old.size(), put);
}

std::pair<std::size_t, std::string_view> problem(std::string_view text) {
    auto const parsed = parse_definition(text);
    if (parsed) return {999, "valid"};
    return {parsed.error().line, parsed.error().problem};
}

TEST(Definition, is_read_whole) {
    auto const parsed = parse_definition(valid());
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->title, "Mayor");
    EXPECT_EQ(parsed->choices.size(), 2U);
    EXPECT_EQ(parsed->batch, 4U);
    EXPECT_EQ(parsed->quorum, 1U);
    EXPECT_LT(parsed->voters[0], parsed->voters[1]);
    EXPECT_EQ(parsed->text, valid());
}

TEST(Definition, names_the_line_that_is_wrong) {
    EXPECT_EQ(problem(with("batch: 4", "batch: 0")).first, 4U);
    EXPECT_EQ(problem(with("batch: 4", "batch: 4x")).first, 4U);
    EXPECT_EQ(problem(with("batch: 4", "Batch: 4")).first, 4U);
    EXPECT_EQ(problem(with("batch: 4", "batch=4")).first, 4U);
    EXPECT_EQ(problem(with("title: Mayor", "title: May\x01or")).first, 1U);
    EXPECT_EQ(problem(with("title: Mayor", "title: May\xffor")).first, 1U);
    EXPECT_EQ(problem(with(digest_a, std::string(63, 'a'))).first, 7U);
    EXPECT_EQ(problem(with(digest_a, std::string(64, 'A'))).first, 7U);
    EXPECT_EQ(problem(valid() + "title: again\n").first, 10U);
    EXPECT_EQ(problem(valid() + "voter: ").first, 10U);
}

TEST(Definition, is_none_where_a_part_is_missing_or_there_twice) {
    for (auto const* line : {"title: Mayor\n", "choice: Alice\n", "batch: 4\n", "quorum: 1\n"})
        EXPECT_EQ(problem(with(line, "")).first, 0U) << line;
    EXPECT_EQ(problem(with("quorum: 1", "quorum: 2")).first, 0U);
    EXPECT_EQ(problem(with(digest_c, digest_b)).first, 0U);
    EXPECT_EQ(problem(with("batch: 4", "batch: 1")).first, 0U);
    EXPECT_EQ(problem("").first, 0U);
}

} // namespace

} // namespace voting
