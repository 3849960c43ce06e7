#pragma once

// Makes the engine take its linear memories from our budget.

namespace wasmtime {
class Config;
} // namespace wasmtime

namespace exec::engine {

class MemoryBudget;

// `budget` must outlive every engine made of `config`.
void create_memories_within(wasmtime::Config& config, MemoryBudget& budget);

} // namespace exec::engine
