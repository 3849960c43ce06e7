#pragma once

// The engine's own objects behind our types; only files of this folder see them.

#include "keep/exec/engine/engine.hpp"

#include <wasmtime.hh>

namespace exec::engine {

struct Engine::Parts {
    explicit Parts(Settings const& settings);

    MemoryBudget budget; // outlives the engine, which gives memories back to it
    wasmtime::Engine engine;
};

struct Module::Parts {
    wasmtime::Module module;
};

// A vector of bytes that the engine allocated.
class OwnedBytes {
public:
    OwnedBytes() = default;
    OwnedBytes(OwnedBytes const&) = delete;
    OwnedBytes(OwnedBytes&&) = delete;
    OwnedBytes& operator=(OwnedBytes const&) = delete;
    OwnedBytes& operator=(OwnedBytes&&) = delete;
    ~OwnedBytes() { wasm_byte_vec_delete(&raw_); }

    wasm_byte_vec_t* out() { return &raw_; }
    std::string_view text() const { return {raw_.data, raw_.size}; }
    std::span<std::byte const> bytes() const {
        return std::as_bytes(std::span{raw_.data, raw_.size});
    }

private:
    wasm_byte_vec_t raw_{};
};

// Our bytes as the engine's interface wants them: it takes constant bytes through a pointer to
// mutable ones.
inline wasmtime::Span<std::uint8_t> lend(std::span<std::byte const> bytes) {
    // Safety: compile, validate and deserialize only read.
    return {
        const_cast<std::uint8_t*>(reinterpret_cast<std::uint8_t const*>(bytes.data())), bytes.size()
    };
}

} // namespace exec::engine
