#include "os/no_threads_for_tests.hpp"
#include "os/thread.hpp"

#include <gtest/gtest.h>

namespace {

TEST(Thread, does_its_work) {
    int done = 0;
    auto thread = os::start_thread([&] { done = 1; });
    ASSERT_TRUE(thread);
    thread->join();
    EXPECT_EQ(done, 1);
}

TEST(Thread, that_the_host_does_not_allow_is_an_error_and_throws_nothing) {
    os::NoThreads const none;
    auto const thread = os::start_thread([] {});
    ASSERT_FALSE(thread);
    EXPECT_EQ(thread.error(), base::Errno::Again);
}

} // namespace
