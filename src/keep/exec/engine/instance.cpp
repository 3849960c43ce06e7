// Instantiates a module with the functions that it imports, and calls into it.

#include "keep/exec/engine/instance.hpp"

#include "keep/exec/engine/imports.hpp"
#include "keep/exec/engine/parts.hpp"
#include "keep/exec/engine/values.hpp"
#include "keep/exec/engine/wasi_imports.hpp"

#include <utility>

namespace exec::engine {

struct Instance::Parts {
    Parts(Engine const& engine, wasi::Context& context)
        : guest{context, engine.parts().budget}, store{engine.parts().engine} {}

    Guest guest; // outlives the store, whose functions refer to it
    wasmtime::Store store;
    wasmtime_instance_t instance{};
};

namespace {

std::unexpected<Stop> failed(std::string_view name, std::string what, std::string hint = {}) {
    return std::unexpected(Stop{os::Failure{name, std::move(what), std::move(hint)}});
}

std::string text_of(wasm_trap_t const* trap) {
    OwnedBytes message;
    wasm_trap_message(trap, message.out());
    return std::string{message.text()};
}

Stop report(wasm_trap_t const* trap) {
    TrapReport report;
    auto const text = text_of(trap);
    if (wasmtime_trap_code_t code = 0; wasmtime_trap_code(trap, &code))
        report.what = trap_sentence(code);
    if (report.what.empty()) report.what = text.substr(text.rfind('\n') + 1);
    report.frames = parse_frames(text);
    return report;
}

// An instance could not be made although its imports are there: memory, mostly.
Stop instantiation_failure(MemoryBudget const& budget, wasmtime::Error const& error) {
    switch (budget.last_refusal()) {
    case MemoryBudget::Refusal::Budget:
        return os::Failure{
            "memory-limit", "the application wants more memory at its start than it may have"
        };
    case MemoryBudget::Refusal::System:
        return os::Failure{
            "out-of-memory", "the system has not the memory that the application wants at its start"
        };
    case MemoryBudget::Refusal::None:
        break;
    }
    return os::Failure{
        "module-invalid", "the application cannot be instantiated: " + error.message()
    };
}

// What a call into the application came to: a trap, unless the application ended itself.
base::Result<void, Stop>
outcome(wasi::Context const& context, wasmtime_error_t* raw_error, wasm_trap_t* raw_trap) {
    if (raw_error != nullptr) {
        wasmtime::Error const error{raw_error};
        if (!context.ending) return failed("internal", error.message());
    }
    if (raw_trap != nullptr) {
        wasmtime::Trap const trap{raw_trap};
        if (!context.ending) return std::unexpected(report(trap.capi()));
    }
    return {};
}

} // namespace

Instance::Instance(std::unique_ptr<Parts> parts) : parts_{std::move(parts)} {}
Instance::Instance(Instance&&) noexcept = default;
Instance& Instance::operator=(Instance&&) noexcept = default;
Instance::~Instance() = default;

base::Result<Instance, Stop>
Instance::create(Engine const& engine, Module const& module, wasi::Context& context) {
    auto parts = std::make_unique<Parts>(engine, context);
    auto* const store = parts->store.context().capi();
    auto imports = satisfy_imports(module, store, parts->guest);
    if (!imports) return std::unexpected(Stop{std::move(imports).error()});

    wasm_trap_t* trap = nullptr;
    auto* const error = wasmtime_instance_new(
        store,
        module.parts().module.capi(),
        imports->data(),
        imports->size(),
        &parts->instance,
        &trap
    );
    if (error != nullptr && !context.ending)
        return std::unexpected(
            instantiation_failure(engine.parts().budget, wasmtime::Error{error})
        );
    TRY(outcome(context, error, trap));
    return Instance{std::move(parts)};
}

} // namespace exec::engine
