#pragma once

// Which of the two shims runs on this host's KVM.

#include "host/vmm/probe/machine.hpp"

#include <string_view>

namespace host::vmm {

inline constexpr std::string_view privileged_shim = "kvm";            // in real ring 0
inline constexpr std::string_view deprivileged_shim = "deprivileged"; // in ring 3, beside exec

// Where the processor shows neither VMX nor SVM and KVM is there all the same, its host emulates a
// guest's ring 0 instruction by instruction: the shim then stays in ring 3.
bool emulates_ring0(Machine const& machine);

inline std::string_view suitable_shim(Machine const& machine) {
    return emulates_ring0(machine) ? deprivileged_shim : privileged_shim;
}

} // namespace host::vmm
