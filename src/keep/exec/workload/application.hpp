#pragma once

// The application's file: read, told apart by content, and brought into the binary format.

#include "os/failure.hpp"
#include "os/read_file.hpp"
#include "package/wasm/format.hpp"

#include <string_view>

namespace exec {

struct Application {
    os::FileBytes file;
    package::Format format; // Module or Text; Component only if it is to be inspected
};

// `name` is for messages.
os::OrFailure<Application> read_application(int descriptor, std::string_view name);

// Why a component is not run.
os::Failure component_failure();

} // namespace exec
