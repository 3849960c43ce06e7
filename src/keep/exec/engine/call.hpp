#pragma once

// Calls into an instance.

#include "keep/exec/engine/instance.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <wasmtime.h>

namespace exec::engine {

// What a call into the application came to: nothing, if it returned or ended itself. Takes both.
base::Result<void, Stop> outcome(
    wasmtime_context_t* store,
    wasi::Context const& context,
    wasmtime_error_t* error,
    wasm_trap_t* trap
);

class Caller {
public:
    Caller(wasmtime_context_t* store, wasmtime_instance_t instance, wasi::Context const& context)
        : store_{store}, instance_{instance}, context_{context} {}

    // The results of `invoke`, as text.
    base::Result<std::vector<std::string>, Stop> run(Entry const& entry);

private:
    std::optional<wasmtime_func_t> find_function(std::string_view name) const;
    base::Result<void, Stop> call_entry(std::string const& name, wasmtime_func_t const& function);
    base::Result<std::vector<std::string>, Stop>
    invoke(std::string const& name, std::span<std::string const> arguments);
    base::Result<std::vector<std::string>, Stop> call(
        std::string const& name, wasmtime_func_t const& function, std::span<std::string const> texts
    );

    wasmtime_context_t* store_;
    wasmtime_instance_t instance_;
    wasi::Context const& context_;
};

} // namespace exec::engine
