#include "keep/exec/wasi/poll_set.hpp"

#include "os/clock.hpp"
#include "os/poll.hpp"

#include <algorithm>

namespace exec::wasi {

namespace {

constexpr std::uint64_t patience_ns = 50'000;

} // namespace

// Looks without sleeping for as long as the answer of a near peer takes: to fall asleep and to be
// woken costs more than that, most of all in a virtual machine. Where nothing came in time again
// and again, it looks only now and then.
base::Result<bool> PollSet::soon_ready() {
    constexpr unsigned often_in_vain = 4;
    constexpr unsigned now_and_then = 32;
    static thread_local unsigned in_vain = 0;
    if (in_vain >= often_in_vain && ++in_vain % now_and_then != 0) return false;

    auto const start = TRY(os::now_ns(os::Clock::Monotonic));
    do {
        auto const ready = os::poll(set_, 0);
        if (ready && *ready > 0) {
            in_vain = 0;
            return true;
        }
    } while (TRY(os::now_ns(os::Clock::Monotonic)) - start < patience_ns);
    ++in_vain;
    return false;
}

base::Result<void> PollSet::wait(std::optional<std::uint64_t> timeout_ns) {
    // The host takes no more entries than a process may have descriptors: one for each descriptor,
    // not for each asker.
    std::ranges::sort(set_, {}, &pollfd::fd);
    std::size_t kept = 0;
    for (auto const& entry : set_) {
        if (kept > 0 && set_[kept - 1].fd == entry.fd)
            set_[kept - 1].events |= entry.events;
        else
            set_[kept++] = entry;
    }
    set_.resize(kept);

    bool const long_enough = timeout_ns.value_or(patience_ns) >= patience_ns;
    if (!set_.empty() && long_enough && TRY(soon_ready())) return {};
    auto const ready = os::poll(set_, timeout_ns);
    if (ready) return {};
    for (auto& entry : set_) entry.revents = 0;
    if (ready.error() == base::Errno::Intr) return {};
    return std::unexpected(ready.error());
}

short PollSet::found(int fd) const {
    auto const at = std::ranges::lower_bound(set_, fd, {}, &pollfd::fd);
    return at != set_.end() && at->fd == fd ? at->revents : short{0};
}

} // namespace exec::wasi
