#include "os/check.hpp"
#include "os/fd.hpp"

#include <array>

#include <fcntl.h>
#include <gtest/gtest.h>

namespace os {
namespace {

bool open_in_this_process(int number) { return ::fcntl(number, F_GETFD) >= 0; }

Fd some_descriptor() { return Fd{::open("/dev/null", O_RDONLY | O_CLOEXEC)}; }

TEST(Fd, closes_its_descriptor_when_it_goes) {
    int number = -1;
    {
        Fd const fd = some_descriptor();
        number = fd.number();
        ASSERT_TRUE(open_in_this_process(number));
    }
    EXPECT_FALSE(open_in_this_process(number));
}

TEST(Fd, moves_its_descriptor_and_keeps_none) {
    Fd from = some_descriptor();
    int const number = from.number();
    Fd const to = std::move(from);
    EXPECT_EQ(to.number(), number);
    EXPECT_FALSE(from); // NOLINT(bugprone-use-after-move): that is the question
}

TEST(Fd, leaves_a_released_descriptor_open) {
    int number = -1;
    {
        Fd fd = some_descriptor();
        number = fd.release();
    }
    EXPECT_TRUE(open_in_this_process(number));
    ::close(number);
}

TEST(Check, names_the_error_of_a_failed_call) {
    auto const opened = check_fd(::open("/nowhere/at/all", O_RDONLY | O_CLOEXEC));
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error(), base::Errno::NoEnt);
}

TEST(Check, passes_on_what_a_call_answered) {
    std::array<int, 2> ends{};
    ASSERT_TRUE(done(::pipe2(ends.data(), O_CLOEXEC)));
    Fd const reader{ends[0]};
    Fd const writer{ends[1]};
    EXPECT_EQ(check(::write(writer.number(), "abc", 3)), 3);
}

} // namespace
} // namespace os
