#include "keep/exec/wasi/test_application.hpp"

#include <csignal>

namespace exec::wasi {
namespace {

struct Ends : Application {};

TEST_F(Ends, WithTheStatusThatItGave) {
    proc_exit(context, memory(), 33);
    ASSERT_TRUE(context.ending);
    EXPECT_EQ(context.ending->status, 33U);
    EXPECT_FALSE(context.ending->signal);
}

TEST_F(Ends, ByTheSignalThatItRaisedUnderItsLinuxNumber) {
    constexpr std::uint32_t wasi_abort = 6;
    constexpr std::uint32_t wasi_sys = 30;
    ASSERT_EQ(call(&proc_raise, wasi_abort), Errno::Success);
    EXPECT_EQ(context.ending->signal, SIGABRT);
    ASSERT_EQ(call(&proc_raise, wasi_sys), Errno::Success);
    EXPECT_EQ(context.ending->signal, SIGSYS);
    EXPECT_EQ(context.ending->status, 128U + SIGSYS);
}

TEST_F(Ends, NotByASignalThatIsIgnoredUnlessHandled) {
    constexpr std::uint32_t wasi_child = 16;
    EXPECT_EQ(call(&proc_raise, wasi_child), Errno::Success);
    EXPECT_FALSE(context.ending);
}

TEST_F(Ends, NotByASignalThatWouldStopIt) {
    constexpr std::uint32_t wasi_stop = 18;
    EXPECT_EQ(call(&proc_raise, wasi_stop), Errno::NotSup);
    EXPECT_EQ(call(&proc_raise, std::uint32_t{31}), Errno::Inval);
    EXPECT_FALSE(context.ending);
}

struct Ambient : Application {};

TEST_F(Ambient, ClocksTellTimeAndResolution) {
    auto const out = room_for<std::uint64_t>();
    for (std::uint32_t id = 0; id < 4; ++id) {
        ASSERT_EQ(call(&clock_time_get, id, std::uint64_t{0}, out), Errno::Success);
        EXPECT_GT(at(out), 0U);
        ASSERT_EQ(call(&clock_res_get, id, out), Errno::Success);
        EXPECT_GE(at(out), 1U);
    }
    EXPECT_EQ(call(&clock_time_get, 4U, std::uint64_t{0}, out), Errno::Inval);
    EXPECT_EQ(call(&clock_res_get, 4U, out), Errno::Inval);
    EXPECT_EQ(call(&clock_res_get, 0U, Pointer<std::uint64_t>{65536}), Errno::Fault);
}

TEST_F(Ambient, RandomNumbersFillTheBufferAndNothingElse) {
    auto const out = room_for<std::byte>(256);
    ASSERT_EQ(call(&random_get, out, 255U), Errno::Success);
    EXPECT_NE(text_at(out.at, 255), std::string(255, '\0'));
    EXPECT_EQ(bytes[out.at + 255], std::byte{0});
    EXPECT_EQ(call(&random_get, Pointer<std::byte>{65536}, 0U), Errno::Success);
    EXPECT_EQ(call(&random_get, Pointer<std::byte>{65535}, 2U), Errno::Fault);
}

TEST_F(Ambient, YieldingSucceeds) { EXPECT_EQ(call(&sched_yield), Errno::Success); }

} // namespace
} // namespace exec::wasi
