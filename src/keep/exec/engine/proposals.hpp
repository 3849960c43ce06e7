#pragma once

// The WebAssembly proposals that applications may use.

#include <span>
#include <string_view>

#include <wasmtime.hh>

namespace exec::engine {

void enable_proposals(wasmtime::Config& config);

struct Proposal {
    std::string_view name;
    void (*leave_out)(wasmtime::Config&); // with all that builds upon it
};

std::span<Proposal const> proposals();

} // namespace exec::engine
