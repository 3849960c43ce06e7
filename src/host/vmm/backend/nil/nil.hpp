#pragma once

// No Keep at all: exec runs as a process of this host.

#include "host/vmm/launch/order.hpp"
#include "host/vmm/probe/check.hpp"
#include "host/vmm/probe/machine.hpp"
#include "os/failure.hpp"

namespace host::vmm {

Report probe_nil(Machine const& machine);

// Becomes exec; returns only if that fails.
os::Failure launch_nil(LaunchOrder const& order);

} // namespace host::vmm
