// What the log lets through, and what its lines look like.

#include "base/log_filter.hpp"
#include "base/log_line.hpp"

#include <gtest/gtest.h>

namespace {

using namespace base;

TEST(Log, writes_nothing_without_a_filter) {
    LogFilter const filter{""};
    EXPECT_FALSE(filter.wants("cache", Level::Error));
}

TEST(Log, writes_up_to_the_level_of_the_filter) {
    LogFilter const filter{"info"};
    EXPECT_TRUE(filter.wants("cache", Level::Error));
    EXPECT_TRUE(filter.wants("cache", Level::Info));
    EXPECT_FALSE(filter.wants("cache", Level::Debug));
}

TEST(Log, prefers_the_directive_of_the_longer_name) {
    LogFilter const filter{"cache=trace,warn,exec=off"};
    EXPECT_TRUE(filter.wants("cache", Level::Trace));
    EXPECT_TRUE(filter.wants("engine", Level::Warn));
    EXPECT_FALSE(filter.wants("engine", Level::Info));
    EXPECT_FALSE(filter.wants("exec", Level::Error));
}

TEST(Log, leaves_out_directives_that_name_no_level) {
    LogFilter const filter{"loud,cache=,=,info"};
    EXPECT_TRUE(filter.wants("cache", Level::Info));
    EXPECT_FALSE(filter.wants("cache", Level::Debug));
}

TEST(Log, lines_have_time_level_and_target) {
    EXPECT_EQ(
        log_line(LogFormat::Text, 1'700'000'000'123'456'789, "cache", Level::Info, "written"),
        "2023-11-14T22:13:20.123456Z  INFO cache: written"
    );
}

TEST(Log, lines_of_json_are_one_object) {
    EXPECT_EQ(
        log_line(LogFormat::Json, 0, "cache", Level::Warn, "a \"b\"\n"),
        R"({"timestamp":"1970-01-01T00:00:00.000000Z","level":"warn","target":"cache","message":"a \"b\"\n"})"
    );
}

} // namespace
