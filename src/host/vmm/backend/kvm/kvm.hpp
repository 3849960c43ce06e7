#pragma once

// KVM: a virtual machine without protection from the host.

#include "host/vmm/probe/check.hpp"
#include "host/vmm/probe/machine.hpp"

namespace host::vmm {

Report probe_kvm(Machine const& machine);

} // namespace host::vmm
