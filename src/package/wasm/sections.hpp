#pragma once

// The sections of a WebAssembly module, and what of them is told without an engine.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace package::wasm {

// Core specification 5.5.2
enum class SectionId : std::uint8_t {
    Custom = 0,
    Type = 1,
    Import = 2,
    Function = 3,
    Table = 4,
    Memory = 5,
    Global = 6,
    Export = 7,
    Start = 8,
    Element = 9,
    Code = 10,
    Data = 11,
    DataCount = 12,
    Tag = 13,
};

struct Section {
    SectionId id;
    std::string_view name; // of a custom section
    std::span<std::byte const> content;
};

// Compilers make a dozen. A list takes more memory than the bytes that fill it.
inline constexpr std::size_t most_sections = 10'000;
inline constexpr std::size_t most_memories = 10'000;

// In their order. Nothing, if these bytes are no module cut into whole sections, or there are too
// many.
std::optional<std::vector<Section>> sections(std::span<std::byte const> module);

// A memory that the module defines; sizes in pages.
struct Memory {
    std::uint64_t minimum = 0;
    std::optional<std::uint64_t> maximum;
    bool shared = false;
    bool wide = false; // addressed by 64 bits
};

// Nothing, if the section is malformed or has too many.
std::optional<std::vector<Memory>> memories(Section const& section);

// How many bytes of code the module has; 0 if it is malformed. Makes no list.
std::size_t code_size(std::span<std::byte const> module);

} // namespace package::wasm
