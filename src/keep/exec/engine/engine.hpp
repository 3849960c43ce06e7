#pragma once

// The WebAssembly engine: compiles modules, or takes them as it compiled them before.
//
// This folder is the only one that knows which engine it is.

#include "base/budget.hpp"
#include "base/result.hpp"
#include "keep/exec/engine/linear_memory.hpp"
#include "os/failure.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace exec::engine {

template <class T> using Result = os::OrFailure<T>;

struct Settings {
    // Bytes: of all linear memories together, and of whoever else shares it.
    std::shared_ptr<base::Budget> memory = std::make_shared<base::Budget>(std::nullopt);
    bool compile_in_parallel = false; // worth its threads from some hundred kilobytes of code on
};

class Engine {
public:
    explicit Engine(Settings const& settings);
    Engine(Engine&&) noexcept;
    Engine& operator=(Engine&&) noexcept;
    ~Engine();

    // Names all that decides about generated code: version, settings, this processor's features.
    // For the key of a cache.
    static std::string compatibility();

    struct Parts;
    Parts& parts() const { return *parts_; }

private:
    std::unique_ptr<Parts> parts_;
};

class Module {
public:
    // From the binary format.
    static Result<Module> compile(Engine const& engine, std::span<std::byte const> binary);
    // From what serialize() gave. The engine believes every byte: it must be what this engine once
    // wrote.
    static Result<Module> deserialize(Engine const& engine, std::span<std::byte const> artefact);
    Result<std::vector<std::byte>> serialize() const;

    Module(Module&&) noexcept;
    Module& operator=(Module&&) noexcept;
    ~Module();

    struct Parts;
    Parts& parts() const { return *parts_; }

private:
    explicit Module(std::unique_ptr<Parts> parts);

    std::unique_ptr<Parts> parts_;
};

// Whether this engine would compile it, and if not, why.
Result<void> validate(Engine const& engine, std::span<std::byte const> binary);

// The binary format of a module in the text format.
Result<std::vector<std::byte>> binary_of_text(std::string_view text);

} // namespace exec::engine
