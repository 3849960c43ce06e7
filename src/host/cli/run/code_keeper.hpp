#pragma once

// The process that takes compiled code back from a Keep: it outlives what the command becomes, and
// needs no right that a confined one lacks.

#include "os/failure.hpp"
#include "os/folder.hpp"
#include "protocol/launch/artefact.hpp"

#include <cstdint>
#include <string>

namespace host::cli {

// What is to be kept, and where. Nothing else is accepted.
struct Awaited {
    os::Folder const& folder;
    std::string name;
    base::Bytes<32> module; // SHA-256 of its file
    std::uint64_t most;     // bytes of code
};

// A stream: one artefact, header first, goes in; one byte comes out if it was kept, then the end.
// Whatever is not exactly what is awaited leaves nothing behind.
os::OrFailure<os::Fd> start_code_keeper(Awaited const& awaited);

} // namespace host::cli
