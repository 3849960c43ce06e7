// Giving way to others.

#include "keep/exec/wasi/functions.hpp"
#include "os/poll.hpp"

namespace exec::wasi {

Result<void> sched_yield(Context& /*context*/, GuestMemory /*memory*/) {
    os::yield();
    return {};
}

} // namespace exec::wasi
