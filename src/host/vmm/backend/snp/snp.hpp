#pragma once

// AMD SEV-SNP.

#include "host/vmm/probe/check.hpp"
#include "host/vmm/probe/machine.hpp"

namespace host::vmm {

Report probe_snp(Machine const& machine);

} // namespace host::vmm
