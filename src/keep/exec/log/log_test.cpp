// What the log lets through, and what its lines look like.

#include "keep/exec/log/json.hpp"
#include "keep/exec/log/log.hpp"

#include <gtest/gtest.h>

namespace {

using namespace exec;

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

TEST(Json, strings_escape_what_rfc_8259_wants_escaped) {
    EXPECT_EQ(json_string("\"\\\n\r\t\x01\x1f/"), R"("\"\\\n\r\t\u0001\u001f/")");
    EXPECT_EQ(
        json_string("gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80"),
        "\"gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80\""
    );
}

TEST(Json, strings_replace_what_is_no_utf8) {
    EXPECT_EQ(
        json_string(
            "a\xff"
            "b\xc3"
        ),
        "\"a\xef\xbf\xbd"
        "b\xef\xbf\xbd\""
    );
    EXPECT_EQ(json_string("\xed\xa0\x80"), "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
}

} // namespace
