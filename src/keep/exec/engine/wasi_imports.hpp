#pragma once

// The functions of WASI as the engine calls them.

#include "keep/exec/engine/linear_memory.hpp"
#include "keep/exec/wasi/context.hpp"
#include "keep/exec/wasi/guest_memory.hpp"

#include <span>
#include <string_view>

#include <wasmtime.h>

namespace exec::engine {

inline constexpr std::string_view wasi_module = "wasi_snapshot_preview1";

// What a call out of the application needs. One instance of one module lives in a process.
class Guest {
public:
    Guest(wasi::Context& context, MemoryBudget const& memories)
        : context_{context}, memories_{memories} {}

    wasi::Context& context() { return context_; }
    // The memory that the instance exports as "memory"; without one every access is a fault.
    wasi::GuestMemory memory(wasmtime_caller_t* caller);

private:
    void resolve(wasmtime_caller_t* caller);

    wasi::Context& context_;
    MemoryBudget const& memories_;
    LinearMemory const* memory_ = nullptr;
    bool resolved_ = false;
    bool shared_ = false;
};

struct WasiImport {
    std::string_view name;
    std::span<wasm_valkind_t const> parameters;
    bool returns_errno;                          // an i32; otherwise nothing
    wasmtime_func_unchecked_callback_t callback; // its environment is a Guest
};

// Null if WASI has no such function.
WasiImport const* find_wasi_import(std::string_view name);

} // namespace exec::engine
