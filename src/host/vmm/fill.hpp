#pragma once

// Puts a region's contents into memory of this process that becomes a Keep's.

#include "host/vmm/mapping.hpp"
#include "host/vmm/plan/supply.hpp"

namespace host::vmm {

enum class Filled : std::uint8_t { Written, Mapped }; // Mapped: a host's file, only to be read

// At `offset` of `memory`.
base::Result<Filled>
fill(Mapping& memory, std::size_t offset, Region const& region, Supply const& supply);

} // namespace host::vmm
