#include "keep/exec/wasi/poll_set.hpp"

#include "os/poll.hpp"

#include <algorithm>

namespace exec::wasi {

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

    static thread_local os::PatientPoll poll;
    auto const ready = poll(set_, timeout_ns);
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
