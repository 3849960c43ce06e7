#pragma once

// The host descriptors that one round of waiting is about, each named once.

#include "keep/exec/net/connection.hpp"

#include <cstdint>
#include <optional>

namespace exec::wasi {

class PollSet {
public:
    void add(int fd, short events) { set_.push_back({.fd = fd, .events = events, .revents = 0}); }

    // For those who append to it themselves.
    net::WaitSet& waits() { return set_; }
    bool empty() const { return set_.empty(); }

    // Waits until one is ready, the time is over (nothing: never) or a signal came. Nothing is
    // added afterwards.
    base::Result<void> wait(std::optional<std::uint64_t> timeout_ns);

    // What wait() found.
    short found(int fd) const;

private:
    net::WaitSet set_;
};

} // namespace exec::wasi
