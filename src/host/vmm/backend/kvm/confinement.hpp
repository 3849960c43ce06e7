#pragma once

// Takes from this process what a running Keep does not need: whoever gains control of it, from the
// Keep or from outside, has few system calls left.

#include "base/result.hpp"
#include "host/vmm/plan.hpp"

namespace host::vmm::kvm {

// What this Keep will ask for, beside what all do.
struct Needs {
    bool sockets = false;
    MemoryKind memory = MemoryKind::Plain; // as which it grows
};

// For this thread and all that it starts from now on; there is no way back. A system call that is
// not on the list then fails with EPERM.
base::Result<void> confine(Needs const& needs);

} // namespace host::vmm::kvm
