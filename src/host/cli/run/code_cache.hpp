#pragma once

// Compiled code of applications between their starts (docs/adr/0012-compiled-code.md).
//
// No Keep sees the folder. The host computes the name of the one file that this start may have; the
// Keep gets it open, read-only. Where there is none, the Keep gets a stream that takes one back.

#include "host/vmm/launch/order.hpp"
#include "os/failure.hpp"

#include <string_view>

namespace host::cli {

// Whose code it is. Two starts that differ in any of these never share an artefact.
struct CodeOwner {
    std::string_view backend;
    std::string_view configuration; // text of Enarx.toml; empty: none
    int module;                     // open file
    bool sealed;                    // by the Keep: only it can tell whether it still opens
};

// Adds the artefact, or the stream for one, to the order. Both where code is sealed, so that what
// no longer opens is replaced; neither where that would cost more than it saves.
os::OrFailure<void> add_code(vmm::LaunchOrder& order, CodeOwner const& owner);

} // namespace host::cli
