#pragma once

// Asking exec something: a child process that answers on its standard output.

#include "host/vmm/launch/order.hpp"
#include "os/failure.hpp"

#include <string>

namespace host::vmm {

struct Answer {
    int status; // exit status of exec; it has told its errors on standard error
    std::string text;
};

// Answers of more than 64 MiB are cut off.
os::OrFailure<Answer> ask_exec(LaunchOrder const& order);

} // namespace host::vmm
