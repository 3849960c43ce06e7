#pragma once

// Waiting: for descriptors, for time to pass, for another thread's turn.

#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include <poll.h>

namespace os {

// Waits until one of `set` is ready, `timeout_ns` have passed (nothing: for ever) or a signal came,
// which is Errno::Intr. The value: how many are ready. With an empty set it sleeps.
base::Result<std::size_t> poll(std::span<pollfd> set, std::optional<std::uint64_t> timeout_ns);

// The same for one who waits again and again: looks for a while before it sleeps, as long as that
// pays.
class PatientPoll {
public:
    base::Result<std::size_t>
    operator()(std::span<pollfd> set, std::optional<std::uint64_t> timeout_ns);

private:
    static constexpr std::uint64_t patience_ns = 50'000;

    base::Result<std::size_t> look(std::span<pollfd> set);

    unsigned in_vain_ = 0;
};

void yield();

} // namespace os
