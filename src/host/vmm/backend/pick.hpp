#pragma once

// Which backend an application runs in. Never another one than the user named, never less than he
// demanded.

#include "host/vmm/backend/backend.hpp"

#include <optional>
#include <string>

namespace host::vmm {

struct Wish {
    std::optional<std::string> name = {}; // --backend, ENARX_BACKEND
    bool require_hardware = false;        // --require-hardware
};

// `among` is best first; a probe is asked only where it matters.
os::OrFailure<Backend const*>
pick(Wish const& wish, std::span<Backend const> among, Machine const& machine);

} // namespace host::vmm
