#pragma once

// The functions of WASI as the engine calls them.

#include "keep/exec/engine/linear_memory.hpp"
#include "keep/exec/wasi/context.hpp"
#include "keep/exec/wasi/guest_memory.hpp"

#include <functional>
#include <span>
#include <string_view>
#include <utility>

#include <wasmtime.h>

namespace exec::engine {

inline constexpr std::string_view wasi_module = "wasi_snapshot_preview1";

// What a call out of the application needs. One instance of one module lives in a process.
class Guest {
public:
    Guest(
        wasi::Context& context,
        MemoryBudget const& memories,
        std::function<void(wasi::Ending)> on_ending
    )
        : context_{context}, memories_{memories}, on_ending_{std::move(on_ending)} {}

    wasi::Context& context() { return context_; }
    // The memory that the instance exports as "memory"; without one every access is a fault.
    wasi::GuestMemory memory(wasmtime_caller_t* caller);

    // Null as long as the application has not ended itself; then what makes the engine unwind it.
    wasm_trap_t* ending() { return context_.ending ? unwind() : nullptr; }

private:
    wasm_trap_t* unwind();
    void resolve(wasmtime_caller_t* caller);

    wasi::Context& context_;
    MemoryBudget const& memories_;
    std::function<void(wasi::Ending)> on_ending_;
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
