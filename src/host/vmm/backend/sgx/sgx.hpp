#pragma once

// Intel SGX.

#include "host/vmm/probe/check.hpp"
#include "host/vmm/probe/machine.hpp"

namespace host::vmm {

Report probe_sgx(Machine const& machine);

} // namespace host::vmm
