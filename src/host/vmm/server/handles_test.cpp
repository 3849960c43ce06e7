#include "host/vmm/server/handles.hpp"

#include <array>
#include <chrono>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace host::vmm {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

// A connection whose close waits a second for a peer that does not read.
struct Lingering {
    os::Fd listener{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    os::Fd connection{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    os::Fd peer;

    Lingering() {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        auto* const at = reinterpret_cast<sockaddr*>(&address);
        socklen_t size = sizeof address;
        int const small = 4096;
        ::setsockopt(listener.number(), SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
        EXPECT_EQ(::bind(listener.number(), at, size), 0);
        EXPECT_EQ(::listen(listener.number(), 1), 0);
        EXPECT_EQ(::getsockname(listener.number(), at, &size), 0);
        EXPECT_EQ(::connect(connection.number(), at, size), 0);
        peer = os::Fd{::accept4(listener.number(), nullptr, nullptr, SOCK_CLOEXEC)};
        linger const a_second{.l_onoff = 1, .l_linger = 1};
        ::setsockopt(connection.number(), SOL_SOCKET, SO_LINGER, &a_second, sizeof a_second);
        std::vector<char> const bytes(1 << 20);
        while (::send(connection.number(), bytes.data(), bytes.size(), MSG_DONTWAIT) > 0) {
        }
    }
};

TEST(Handles, of_which_one_takes_long_to_close_hold_up_no_other_call) {
    Lingering slow;
    Handles handles;
    auto const closing = handles.add(std::move(slow.connection), Rights::ReadWrite).value();
    auto const other = handles.add(os::Fd{}, Rights::ReadWrite).value();
    auto const begin = Clock::now();
    std::thread closer{[&] { EXPECT_TRUE(handles.close(closing)); }};
    std::this_thread::sleep_for(100ms);
    auto const before = Clock::now();
    EXPECT_TRUE(handles.find(other));
    EXPECT_LT(Clock::now() - before, 500ms);
    closer.join();
    EXPECT_GT(Clock::now() - begin, 500ms) << "it did not take long: nothing was tried";
}

} // namespace
} // namespace host::vmm
