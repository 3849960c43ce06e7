// Settings of the engine, and modules made by it.

#include "keep/exec/engine/engine.hpp"

#include "keep/exec/engine/memory_creator.hpp"
#include "keep/exec/engine/messages.hpp"
#include "keep/exec/engine/parts.hpp"
#include "keep/exec/engine/proposals.hpp"

#include <cstdlib>
#include <string>

#include <wasmtime.h>

// glibc 2.33's <sys/platform/x86.h>, which is no C++: what the C library found out about the
// processor at its start. Asking the processor again would cost microseconds for each leaf.
extern "C" {
struct CpuidLeaf {
    unsigned present[4]; // EAX, EBX, ECX, EDX
    unsigned active[4];  // what of them the system lets programs use
};
// Its name. NOLINTNEXTLINE(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)
CpuidLeaf const* __x86_get_cpuid_feature_leaf(unsigned index) noexcept;
}

namespace exec::engine {

namespace {

// The leaves 1, 7 and 0x8000'0001: where the features stand that generated code depends on.
constexpr unsigned cpuid_leaves = 3;

// Twice what `wasmtime run` allows; most of the usual 8 MiB stack stays for host functions.
constexpr std::size_t stack_bytes = 1ULL << 20;

wasmtime::Config configure(Settings const& settings, MemoryBudget& budget) {
    // Source lines in backtraces; the engine's interface has no other switch, and exec's
    // environment is nobody else's.
    ::setenv(
        "WASMTIME_BACKTRACE_DETAILS", "1", 1
    ); // NOLINT(concurrency-mt-unsafe): there is one thread yet
    wasmtime::Config config;
    enable_proposals(config);
    config.strategy(wasmtime::Strategy::Cranelift);
    config.cranelift_opt_level(wasmtime::OptLevel::Speed);
    config.signals_based_traps(true);
    config.max_wasm_stack(stack_bytes);
    config.parallel_compilation(settings.compile_in_parallel);
    // Images of initial memory would need memfd_create and a mapping per start; our memories are
    // copied into.
    config.memory_init_cow(false);
    // Only debuggers and profilers of native code read it.
    config.native_unwind_info(false);
    create_memories_within(config, budget);
    return config;
}

} // namespace

Engine::Parts::Parts(Settings const& settings)
    : budget{settings.memory}, engine{configure(settings, budget)} {}

Engine::Engine(Settings const& settings) : parts_{std::make_unique<Parts>(settings)} {}
Engine::Engine(Engine&&) noexcept = default;
Engine& Engine::operator=(Engine&&) noexcept = default;
Engine::~Engine() = default;

std::string Engine::compatibility() {
    // The number counts changes of configure().
    std::string text = "wasmtime " WASMTIME_VERSION " settings 3 cpu";
    for (unsigned leaf = 0; leaf < cpuid_leaves; ++leaf)
        for (auto const bits : __x86_get_cpuid_feature_leaf(leaf)->active)
            text += ' ' + std::to_string(bits);
    return text;
}

Module::Module(std::unique_ptr<Parts> parts) : parts_{std::move(parts)} {}
Module::Module(Module&&) noexcept = default;
Module& Module::operator=(Module&&) noexcept = default;
Module::~Module() = default;

Result<Module> Module::compile(Engine const& engine, std::span<std::byte const> binary) {
    auto module = wasmtime::Module::compile(engine.parts().engine, lend(binary));
    if (!module)
        return std::unexpected(
            os::Failure{.name = "module-invalid", .text = reason_of(module.err().message())}
        );
    return Module{std::make_unique<Parts>(module.ok())};
}

Result<Module> Module::deserialize(Engine const& engine, std::span<std::byte const> artefact) {
    auto module = wasmtime::Module::deserialize(engine.parts().engine, lend(artefact));
    if (!module)
        return std::unexpected(
            os::Failure{.name = "internal", .text = reason_of(module.err().message())}
        );
    return Module{std::make_unique<Parts>(module.ok())};
}

Result<std::vector<std::byte>> Module::serialize() const {
    OwnedBytes bytes;
    if (auto* error = wasmtime_module_serialize(parts_->module.capi(), bytes.out()))
        return std::unexpected(
            os::Failure{.name = "internal", .text = reason_of(wasmtime::Error{error}.message())}
        );
    return std::vector<std::byte>(bytes.bytes().begin(), bytes.bytes().end());
}

Result<void> validate(Engine const& engine, std::span<std::byte const> binary) {
    auto valid = wasmtime::Module::validate(engine.parts().engine, lend(binary));
    if (!valid)
        return std::unexpected(
            os::Failure{.name = "module-invalid", .text = reason_of(valid.err().message())}
        );
    return {};
}

Result<std::vector<std::byte>> binary_of_text(std::string_view text) {
    OwnedBytes bytes;
    if (auto* error = wasmtime_wat2wasm(text.data(), text.size(), bytes.out()))
        return std::unexpected(
            os::Failure{
                .name = "module-invalid", .text = text_mistake(wasmtime::Error{error}.message())
            }
        );
    return std::vector<std::byte>(bytes.bytes().begin(), bytes.bytes().end());
}

} // namespace exec::engine
