#pragma once

// The ways to run a Keep. Each has a folder of its own; a new one is a line in backends.cpp.

#include "host/vmm/launch/order.hpp"
#include "host/vmm/probe/check.hpp"
#include "host/vmm/probe/machine.hpp"
#include "os/failure.hpp"

#include <cstdint>
#include <span>
#include <string_view>

namespace host::vmm {

// How compiled code is kept for a Keep's next start (docs/adr/0012-compiled-code.md).
enum class KeptCode : std::uint8_t {
    None,
    Plain, // its Keep believes it
    Sealed // under a key that the host has not
};

struct Backend {
    std::string_view name;
    std::string_view alias; // another name that is understood; may be empty
    std::string_view title;
    std::string_view protection; // one clause: what it does and does not protect from
    bool tee;                    // hardware keeps the host out
    KeptCode code;
    Report (*probe)(Machine const&);
    // Starts the Keep and does not return, or says why not. Null: this build has no such Keep.
    os::Failure (*launch)(LaunchOrder const&);
};

// Best first.
std::span<Backend const> backends();

// By name or alias; null if there is none.
Backend const* find_backend(std::string_view name);

} // namespace host::vmm
