#pragma once

// What timers and signals that are read have in common (file/sources.hpp).

#include "keep/shim/system_call/forward.hpp"
#include "keep/shim/system_call/transfer.hpp"

namespace shim {

inline constexpr std::uint64_t signal_record = 128; // struct signalfd_siginfo
inline constexpr std::uint64_t source_flags = open_close_on_exec | open_nonblocking;

// A new descriptor for it, with the host's timer behind.
Reply add_source(SystemCall const& call, Source const& wanted, std::uint64_t flags);
// What stands behind a descriptor, if it is of that kind.
base::Result<Source*> source_of(SystemCall const& call, unsigned argument, Source::Kind kind);
// Lets poll and epoll find it readable in so many nanoseconds; not before the next time, if
// forever.
Reply ring_in(Kernel& kernel, Source const& source, std::uint64_t ns);
// Whoever waits in read_source looks again.
void wake_readers(Kernel& kernel);

// read(2) of either: waits as long as there is nothing, unless the descriptor is one that would
// not.
Reply read_source(SystemCall const& call, std::uint32_t handle, Pieces pieces);

// By each kind: what there is now. 0: nothing.
Reply read_timer(SystemCall const& call, Source& timer, Pieces& pieces);
Reply read_signals(
    SystemCall const& call, Source const& source, Pieces& pieces, std::uint64_t most
);
// Makes the host's timer ring when this one runs out by the Keep's clock.
Reply arm(Kernel& kernel, Source& timer);

// After an entry, and after signals were sent: signalfds are readable as signals wait for them.
void tell_signals(Kernel& kernel, std::uint64_t sent);

} // namespace shim
