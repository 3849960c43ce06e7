#include "host/vmm/shim_log.hpp"

#include <gtest/gtest.h>

namespace {

using host::vmm::ShimLog;

std::string written(host::vmm::LogWish const& wish, std::string_view line) {
    testing::internal::CaptureStderr();
    ShimLog{wish}.write(line);
    return testing::internal::GetCapturedStderr();
}

TEST(ShimLog, IsWantedWhereTheFilterAsksForItsLevel) {
    for (auto const* filter : {"info", "debug", "trace", "shim=info", "off,shim=debug"})
        EXPECT_TRUE(ShimLog{{.filter = filter}}.wanted()) << filter;
    for (auto const* filter : {"", "off", "warn", "engine=debug", "debug,shim=off"})
        EXPECT_FALSE(ShimLog{{.filter = filter}}.wanted()) << filter;
}

TEST(ShimLog, WritesLinesLikeThoseOfExec) {
    EXPECT_NE(
        written({.filter = "info"}, "no such system call: 0x1f4")
            .find("Z  INFO shim: no such system call: 0x1f4\n"),
        std::string::npos
    );
    auto const json = written({.filter = "info", .format = base::LogFormat::Json}, "a \"b\"");
    EXPECT_NE(
        json.find(R"("level":"info","target":"shim","message":"a \"b\""})"), std::string::npos
    ) << json;
}

TEST(ShimLog, ShowsWhatIsSaidUnasked) {
    EXPECT_EQ(written({}, "unexpected vector 0x2"), "enarx: shim: unexpected vector 0x2\n");
}

TEST(ShimLog, LetsNoControlCharacterReachTheTerminal) {
    EXPECT_EQ(written({}, "a\x1b[2Jb\nc"), "enarx: shim: a?[2Jb?c\n");
}

} // namespace
