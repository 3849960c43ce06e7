// Instantiates a module with the functions that it imports.

#include "keep/exec/engine/instance.hpp"

#include "keep/exec/engine/call.hpp"
#include "keep/exec/engine/imports.hpp"
#include "keep/exec/engine/parts.hpp"
#include "keep/exec/engine/wasi_imports.hpp"

#include <utility>

namespace exec::engine {

struct Instance::Parts {
    Parts(Engine const& engine, wasi::Context& context, OnEnding on_ending)
        : guest{context, engine.parts().budget, std::move(on_ending)},
          store{engine.parts().engine} {}

    Guest guest; // outlives the store, whose functions refer to it
    wasmtime::Store store;
    wasmtime_instance_t instance{};
};

namespace {

// An instance could not be made although its imports are there: memory, mostly.
Stop instantiation_failure(MemoryBudget const& budget, wasmtime::Error const& error) {
    switch (budget.last_refusal()) {
    case MemoryBudget::Refusal::Budget:
        return os::Failure{
            .name = "memory-limit",
            .text = "the application wants more memory at its start than it may have"
        };
    case MemoryBudget::Refusal::System:
        return os::Failure{
            .name = "out-of-memory",
            .text = "the system has not the memory that the application wants at its start"
        };
    case MemoryBudget::Refusal::None:
        break;
    }
    return os::Failure{
        .name = "module-invalid",
        .text = "the application cannot be instantiated: " + error.message()
    };
}

} // namespace

Instance::Instance(std::unique_ptr<Parts> parts) : parts_{std::move(parts)} {}
Instance::Instance(Instance&&) noexcept = default;
Instance& Instance::operator=(Instance&&) noexcept = default;
Instance::~Instance() = default;

base::Result<Instance, Stop> Instance::create(
    Engine const& engine, Module const& module, wasi::Context& context, OnEnding on_ending
) {
    auto parts = std::make_unique<Parts>(engine, context, std::move(on_ending));
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
    TRY(outcome(store, context, error, trap));
    return Instance{std::move(parts)};
}

base::Result<Ended, Stop> Instance::run(Entry const& entry) {
    auto& context = parts_->guest.context();
    if (context.ending)
        return Ended{.ending = *context.ending, .results = {}}; // its start function has done all
    Caller caller{parts_->store.context().capi(), parts_->instance, context};
    auto results = TRY(caller.run(entry));
    return Ended{.ending = context.ending.value_or(wasi::Ending{}), .results = std::move(results)};
}

} // namespace exec::engine
