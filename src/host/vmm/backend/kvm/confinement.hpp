#pragma once

// Takes from this process what a running Keep does not need: whoever gains control of it, from the
// Keep or from outside, has few system calls left, and reaches only what was handed in.

#include "base/result.hpp"
#include "host/vmm/backend/kvm/requests.hpp"
#include "host/vmm/server/handles.hpp"
#include "host/vmm/server/path_words.hpp"

#include <span>
#include <vector>

namespace host::vmm::kvm {

// What this Keep will ask for, beside what all do.
struct Needs {
    bool sockets = false;
    bool datagrams = false;                                      // sockets of these, too
    std::span<unsigned long const> requests = requests_of_plain; // of KVM
    std::vector<Handles::Open> folders = {};                     // that it was given
    PathWords* words = nullptr; // by which they are served; wanted where there are any
};

// For this thread and all that it starts from now on; there is no way back. A system call that is
// not on the list then fails with EPERM, a path that leads elsewhere with EACCES. NoSys: there are
// folders, and the kernel has no Landlock to hold the process to them (`landlock`: its version).
base::Result<void> confine(Needs const& needs, int landlock);

} // namespace host::vmm::kvm
