// Host calls on eventfd and epoll. With each descriptor that is watched goes a number of the
// Keep's; what it stands for the host need not know.

#include "host/vmm/server/server.hpp"
#include "os/check.hpp"

#include <algorithm>
#include <cstring>
#include <ctime>
#include <span>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>

namespace host::vmm {

using protocol::hostcall::Call;
using protocol::hostcall::EpollChange;
using protocol::hostcall::EpollEvent;

namespace {

constexpr std::size_t most_events = 4096;
constexpr std::uint64_t event_flags = EFD_SEMAPHORE | EFD_NONBLOCK;
// Not EPOLLWAKEUP, which keeps a machine awake.
constexpr std::uint32_t known_events = EPOLLIN | EPOLLOUT | EPOLLPRI | EPOLLERR | EPOLLHUP |
                                       EPOLLRDNORM | EPOLLRDBAND | EPOLLWRNORM | EPOLLWRBAND |
                                       EPOLLMSG | EPOLLRDHUP | EPOLLEXCLUSIVE | EPOLLONESHOT |
                                       static_cast<std::uint32_t>(EPOLLET);

timespec time_of(std::uint64_t ns) {
    constexpr std::uint64_t second = 1'000'000'000;
    return {.tv_sec = static_cast<time_t>(ns / second), .tv_nsec = static_cast<long>(ns % second)};
}

base::Result<void> change(Request const& request) {
    auto const what = static_cast<EpollChange>(request.value(1));
    bool const known =
        what == EpollChange::Add || what == EpollChange::Delete || what == EpollChange::Modify;
    if (!known) return std::unexpected(base::Errno::Inval);
    epoll_event event{};
    event.events = static_cast<std::uint32_t>(request.value(3)) & known_events;
    event.data.u64 = request.value(4);
    return os::done(::epoll_ctl(request.file(0), request.number(1), request.file(2), &event));
}

base::Result<std::uint64_t> wait(Request const& request) {
    auto const buffer = request.buffer(1);
    auto const count = buffer.size() / sizeof(EpollEvent);
    if (count == 0 || count > most_events) return std::unexpected(base::Errno::Inval);
    std::vector<epoll_event> events(count);
    auto const limit = time_of(request.value(2));
    bool const forever = request.value(2) == ~0ULL;
    int const found = ::epoll_pwait2(
        request.file(0), events.data(), static_cast<int>(count), forever ? nullptr : &limit, nullptr
    );
    if (found < 0) return std::unexpected(os::last_error());
    auto to = buffer;
    for (auto const& happened : std::span{events}.first(static_cast<std::size_t>(found))) {
        EpollEvent const event{.place = happened.data.u64, .events = happened.events, .padding = 0};
        std::memcpy(to.data(), &event, sizeof event);
        to = to.subspan(sizeof event);
    }
    return static_cast<std::uint64_t>(found);
}

// A timer that is to ring now has rung when the call returns, for the Keep may poll next.
base::Result<void> set_timer(Request const& request) {
    constexpr int patience_ms = 100;
    auto const ns = request.value(1);
    itimerspec wanted{};
    if (ns != ~0ULL) wanted.it_value = time_of(std::max<std::uint64_t>(ns, 1));
    TRY(os::done(::timerfd_settime(request.file(0), 0, &wanted, nullptr)));
    pollfd rung{.fd = request.file(0), .events = POLLIN, .revents = 0};
    if (ns == 0) static_cast<void>(::poll(&rung, 1, patience_ms));
    return {};
}

} // namespace

base::Result<std::uint64_t> Server::serve_events(Request const& request) {
    switch (request.call()) {
    case Call::EventFd:
        if (request.value(0) > ~0U || (request.value(1) & ~event_flags) != 0)
            return std::unexpected(base::Errno::Inval);
        return keep(
            ::eventfd(static_cast<unsigned>(request.value(0)), request.number(1) | EFD_CLOEXEC)
        );
    case Call::EpollCreate:
        if (request.value(1) != 0) return std::unexpected(base::Errno::Inval);
        return keep(::epoll_create1(EPOLL_CLOEXEC));
    case Call::TimerCreate:
        if ((request.value(0) & ~std::uint64_t{TFD_NONBLOCK}) != 0)
            return std::unexpected(base::Errno::Inval);
        return keep(::timerfd_create(CLOCK_MONOTONIC, request.number(0) | TFD_CLOEXEC));
    case Call::TimerSet:
        TRY(set_timer(request));
        return 0;
    case Call::EpollCtl:
        TRY(change(request));
        return 0;
    default:
        return wait(request);
    }
}

} // namespace host::vmm
