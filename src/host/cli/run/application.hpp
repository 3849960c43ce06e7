#pragma once

// The application on the host's disk: a file, a folder, or a stream.

#include "os/failure.hpp"
#include "os/fd.hpp"

#include <optional>
#include <string>

namespace host::cli {

struct Application {
    os::Fd module;
    std::string name;             // argv[0]: the file's base name, main.wasm for a folder
    std::optional<os::Fd> folder; // if a folder was named
    std::string path;             // as the user named it
};

// A stream (a pipe, or "-" for standard input) is read to its end, into memory.
os::OrFailure<Application> open_application(std::string const& path);

// It takes no Keep to tell what is no WebAssembly at all.
os::OrFailure<void> refuse_other_kinds(Application const& application);

} // namespace host::cli
