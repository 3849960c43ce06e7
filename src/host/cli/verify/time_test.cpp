#include "host/cli/verify/time.hpp"

#include <gtest/gtest.h>

namespace {

using namespace std::chrono;
using host::cli::parse_time;

sys_seconds const ten = sys_days{year{2026} / November / 21} + hours{10};

TEST(VerifyTime, ReadsUtcAndOtherZones) {
    EXPECT_EQ(parse_time("2026-11-21T10:00:00Z").value(), ten);
    EXPECT_EQ(parse_time("2026-11-21T11:30:00+01:30").value(), ten);
    EXPECT_EQ(parse_time("2026-11-21T04:00:00-06:00").value(), ten);
    EXPECT_EQ(parse_time("2026-11-21 10:00:00.750Z").value(), ten);
}

TEST(VerifyTime, RefusesWhatIsNoTimeOrHasNoZone) {
    for (char const* text :
         {"",
          "now",
          "2026-11-21",
          "2026-11-21T10:00:00",
          "2026-11-21T10:00Z",
          "2026-13-21T10:00:00Z",
          "2026-02-30T10:00:00Z",
          "2026-11-21T24:00:00Z",
          "2026-11-21T10:00:60Z",
          "2026-11-21T10:00:00+25:00",
          "2026-11-21T10:00:00+0100",
          "2026-11-21T10:00:00CET",
          "2026-11-21T10:00:00.Z",
          "2026-11-21T10:00:00Zjunk",
          "-026-11-21T10:00:00Z"})
        EXPECT_EQ(parse_time(text).error().name, "usage") << text;
}

TEST(VerifyTime, RefusesATimeBefore2000) {
    EXPECT_FALSE(parse_time("1999-12-31T23:59:59Z"));
    EXPECT_TRUE(parse_time("2000-01-01T00:00:00Z"));
    EXPECT_FALSE(parse_time("2000-01-01T00:00:00+01:00"));
}

} // namespace
