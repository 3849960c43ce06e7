// Our linear memories behind the engine's callbacks.

#include "keep/exec/engine/memory_creator.hpp"

#include "keep/exec/engine/linear_memory.hpp"

#include <wasmtime.hh>

namespace exec::engine {

namespace {

// Safety: the engine hands back the pointers that it was given with the callbacks.
LinearMemory& memory_at(void* env) { return *static_cast<LinearMemory*>(env); }

std::uint8_t* get_memory(void* env, std::size_t* size, std::size_t* capacity) {
    auto const& memory = memory_at(env);
    *size = memory.bytes().size();
    *capacity = memory.capacity();
    return reinterpret_cast<std::uint8_t*>(memory.bytes().data());
}

wasmtime_error_t* grow_memory(void* env, std::size_t size) {
    if (!memory_at(env).grow_to(size)) return wasmtime_error_new("no more memory");
    return nullptr;
}

void delete_memory(void* env) { delete &memory_at(env); }

// NOLINTNEXTLINE(readability-function-size): the engine's signature
wasmtime_error_t* new_memory(
    void* env,
    wasm_memorytype_t const* type,
    std::size_t minimum,
    std::size_t maximum,
    std::size_t reserved,
    std::size_t guard,
    wasmtime_linear_memory_t* out
) {
    // A shared memory cannot move: other threads hold its address.
    if (wasmtime_memorytype_isshared(type) && maximum > reserved) reserved = maximum;
    auto memory = LinearMemory::create(
        *static_cast<MemoryBudget*>(env), {.minimum = minimum, .reserved = reserved, .guard = guard}
    );
    if (!memory) return wasmtime_error_new("no memory of that size");
    *out = {
        .env = memory->release(),
        .get_memory = get_memory,
        .grow_memory = grow_memory,
        .finalizer = delete_memory,
    };
    return nullptr;
}

} // namespace

void create_memories_within(wasmtime::Config& config, MemoryBudget& budget) {
    wasmtime_memory_creator_t creator{
        .env = &budget, .new_memory = new_memory, .finalizer = nullptr
    };
    wasmtime_config_host_memory_creator_set(config.capi(), &creator);
}

} // namespace exec::engine
