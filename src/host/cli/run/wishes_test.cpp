#include "host/cli/run/wishes.hpp"
#include "os/temporary_directory.hpp"

#include <cstdlib>

#include <gtest/gtest.h>

namespace {

using namespace host::cli;
using protocol::launch::Kind;

TEST(Wishes, TimesHaveUnits) {
    EXPECT_EQ(*duration_ms("2"), 2000U);
    EXPECT_EQ(*duration_ms("1.5"), 1500U);
    EXPECT_EQ(*duration_ms("1.5s"), 1500U);
    EXPECT_EQ(*duration_ms("250ms"), 250U);
    EXPECT_EQ(*duration_ms("2m"), 120'000U);
    EXPECT_EQ(*duration_ms("1h"), 3'600'000U);
    EXPECT_EQ(*duration_ms("0.0001"), 1U);
    for (auto const* text :
         {"", "0", "-1", "x", "1d", "1 s", "nan", "inf", "1e400", "99999999999999999999"})
        EXPECT_FALSE(duration_ms(text)) << text;
}

TEST(Wishes, MemoryIsAboveZero) {
    EXPECT_EQ(*memory_size("64K"), 65536U);
    EXPECT_FALSE(memory_size("0"));
    EXPECT_FALSE(memory_size("lots"));
}

TEST(Wishes, ThreadsAreAsManyAsAKeepCanHave) {
    EXPECT_EQ(*thread_count("1"), 1U);
    EXPECT_EQ(*thread_count("256"), 256U);
    for (auto const* text : {"0", "257", "-1", "", "4x", " 4", "99999999999"})
        EXPECT_FALSE(thread_count(text)) << text;
}

TEST(Wishes, VariablesAreSetOrTakenOverFromTheHost) {
    EXPECT_EQ(*variable("A=b=c"), "A=b=c");
    EXPECT_EQ(*variable("A="), "A=");
    ::setenv("ENARX_WISHES_TEST", "here", 1);
    EXPECT_EQ(*variable("ENARX_WISHES_TEST"), "ENARX_WISHES_TEST=here");
    ::unsetenv("ENARX_WISHES_TEST");
    EXPECT_FALSE(variable("ENARX_WISHES_TEST"));
    EXPECT_FALSE(variable("=x"));
    EXPECT_FALSE(variable(""));
}

TEST(Wishes, DirectoriesHaveTheNameThatIsGivenOrTheirOwn) {
    os::TemporaryDirectory const folder;
    host::vmm::LaunchOrder order;
    ASSERT_TRUE(add_directory(order, folder.path()));
    ASSERT_TRUE(add_directory(order, folder.path() + "::/data"));
    ASSERT_EQ(order.items().size(), 2U);
    EXPECT_EQ(order.items()[0].text, folder.path());
    EXPECT_EQ(order.items()[1].text, "/data");
    EXPECT_EQ(order.items()[1].kind, Kind::Directory);
    EXPECT_GE(order.items()[1].descriptor, 0);
    EXPECT_EQ(add_directory(order, folder.path() + "/none").error().name, "directory-unavailable");
    EXPECT_EQ(add_directory(order, "::/data").error().name, "usage");
    EXPECT_EQ(add_directory(order, folder.path() + "::").error().name, "usage");
}

TEST(Wishes, LogFiltersAreChecked) {
    auto const accepted = [](std::string filter) {
        host::vmm::LaunchOrder order;
        return add_log(order, Global{.log_filter = std::move(filter)}).has_value();
    };
    for (auto const* filter :
         {"", "info", "off", "engine=debug", "warn,engine=trace", "wasi=off,info"})
        EXPECT_TRUE(accepted(filter)) << filter;
    for (auto const* filter : {"verbose", "engine=", "engine=loud", "=info", "info,,x=y"})
        EXPECT_FALSE(accepted(filter)) << filter;
}

} // namespace
