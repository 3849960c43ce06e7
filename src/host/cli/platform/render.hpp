#pragma once

// The state of all backends as text and as JSON.

#include "host/vmm/backend/backend.hpp"

#include <string>
#include <vector>

namespace host::cli {

struct BackendState {
    vmm::Backend const* backend;
    vmm::Report report;

    bool usable() const {
        return backend->launch != nullptr && report.available() && report.configured();
    }
};

struct PlatformState {
    std::string system; // uname: "Linux 6.1.0 x86_64"
    std::string cpu;
    std::vector<BackendState> backends;
};

std::string platform_text(PlatformState const& state, bool colours);
std::string platform_json(PlatformState const& state);

} // namespace host::cli
