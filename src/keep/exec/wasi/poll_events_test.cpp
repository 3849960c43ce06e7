// One event for each subscription at most, whatever its descriptor answers when it is asked again.

#include "keep/exec/net/tls_pair_for_tests.hpp"
#include "keep/exec/wasi/fake_sockets.hpp"
#include "keep/exec/wasi/test_application.hpp"
#include "os/fd.hpp"

#include <algorithm>
#include <chrono>
#include <random>
#include <set>
#include <thread>

#include <fcntl.h>

namespace exec::wasi {
namespace {

using namespace std::chrono_literals;

struct PollEvents : Application {
    struct Wish {
        EventType type;
        Fd fd;
    };

    // Polls into an array of just the size that is needed and answers how many events came; a
    // failure where one came twice, or something behind the array changed.
    std::uint32_t poll(std::vector<Wish> const& wishes) {
        top = 64;
        auto const count = static_cast<std::uint32_t>(wishes.size());
        auto const in = room_for<Subscription>(count);
        auto const out = room_for<Event>(count);
        auto const behind = room(64 * sizeof(Event));
        auto const number = room_for<std::uint32_t>();
        for (std::uint32_t i = 0; i < count; ++i) {
            Subscription subscription{};
            subscription.user_data = 100 + i;
            subscription.tag = static_cast<std::uint8_t>(wishes[i].type);
            subscription.body.clock_or_fd = wishes[i].fd.number;
            EXPECT_TRUE(memory().write(GuestMemory::element(in, i), subscription));
        }
        auto const rest = std::span{bytes}.subspan(behind, 64 * sizeof(Event));
        std::ranges::fill(rest, std::byte{0xcc});
        EXPECT_EQ(call(&poll_oneoff, in, out, count, number), Errno::Success);
        EXPECT_TRUE(std::ranges::all_of(rest, [](auto byte) { return byte == std::byte{0xcc}; }));
        std::set<std::uint64_t> told;
        for (std::uint32_t i = 0; i < std::min(at(number), count); ++i)
            told.insert(at(GuestMemory::element(out, i)).user_data);
        EXPECT_EQ(told.size(), at(number));
        EXPECT_TRUE(told.empty() || (*told.begin() >= 100 && *told.rbegin() < 100 + count));
        return at(number);
    }
};

TEST_F(PollEvents, AreNeverMoreThanSubscriptionsWhateverIsAnsweredTheSecondTime) {
    os::Fd const always_ready{::open("/dev/null", O_RDWR | O_CLOEXEC)};
    net::Script script;
    script.always_ready_fd = always_ready.number();
    std::minstd_rand minds{7};
    std::array<Fd, 3> fds{};
    for (auto& fd : fds)
        fd = *context.add_connection(std::make_unique<net::FickleConnection>(script, minds), 0);
    for (int round = 0; round < 20'000 && !HasFailure(); ++round) {
        std::vector<Wish> wishes(1 + minds() % 8);
        for (auto& wish : wishes) {
            wish.type = minds() % 2 == 0 ? EventType::FdRead : EventType::FdWrite;
            wish.fd = fds.at(minds() % fds.size());
        }
        auto const events = poll(wishes);
        EXPECT_GE(events, 1U);
        EXPECT_LE(events, wishes.size());
    }
}

// A server whose client has not read for a while, then takes all and ends its side: that makes a
// connection ready to be written which has just been asked, and was.
struct PollTlsEvents : PollEvents {
    Fd connection_that_changes() {
        auto pair = server.pair();
        std::string const piece(100'000, 'p');
        // The network takes a little more whenever it asks the peer for room, after 200 ms.
        for (auto full = std::chrono::steady_clock::now() + 500ms;
             std::chrono::steady_clock::now() < full;)
            if (!net::send_text(*pair.far, piece, true)) std::this_thread::sleep_for(1ms);
        auto const deadline = std::chrono::steady_clock::now() + 300ms;
        while (std::chrono::steady_clock::now() < deadline)
            if (net::receive_text(*pair.near, 65'536, {.nonblocking = true}).starts_with("error"))
                std::this_thread::sleep_for(1ms);
        EXPECT_TRUE(pair.near->shutdown(net::ShutdownHow::Write));
        std::this_thread::sleep_for(20ms);
        near = std::move(pair.near);
        return *context.add_connection(std::move(pair.far), fd_flag::nonblock);
    }

    net::TlsTestServer server;
    std::unique_ptr<net::Connection> near;
};

TEST_F(PollTlsEvents, AreOneForEachSubscriptionOfAConnectionThatBecomesReadyMeanwhile) {
    auto const fd = connection_that_changes();
    EXPECT_EQ(poll({{EventType::FdWrite, fd}, {EventType::FdRead, fd}}), 2U);
}

TEST_F(PollTlsEvents, AreOneForEachSubscriptionInTheOtherOrderToo) {
    auto const fd = connection_that_changes();
    EXPECT_EQ(poll({{EventType::FdRead, fd}, {EventType::FdWrite, fd}}), 2U);
}

} // namespace
} // namespace exec::wasi
