#pragma once

// Intel TDX.

#include "host/vmm/probe/check.hpp"
#include "host/vmm/probe/machine.hpp"

namespace host::vmm {

Report probe_tdx(Machine const& machine);

} // namespace host::vmm
