#pragma once

// AMD SEV-SNP.

#include "host/vmm/launch/order.hpp"
#include "host/vmm/probe/check.hpp"
#include "host/vmm/probe/machine.hpp"
#include "os/failure.hpp"

namespace host::vmm {

Report probe_snp(Machine const& machine);

// Runs the order in a Keep; this process ends as exec does. Returns only if there is no Keep.
os::Failure launch_snp(LaunchOrder const& order);

} // namespace host::vmm
