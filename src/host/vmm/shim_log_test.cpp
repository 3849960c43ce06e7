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
    for (unsigned byte = 0; byte < 256; ++byte) {
        bool const printable = byte >= 0x20 && byte < 0x7f;
        char const c = static_cast<char>(byte);
        EXPECT_EQ(written({}, {&c, 1}), std::string{"enarx: shim: "} + (printable ? c : '?') + '\n')
            << byte;
    }
    EXPECT_EQ(written({}, "\xc2\x9b"), "enarx: shim: ??\n"); // CSI in UTF-8
}

} // namespace
