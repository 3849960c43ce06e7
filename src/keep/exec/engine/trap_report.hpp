#pragma once

// What is told of a trap: what happened and where.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace exec::engine {

struct TrapFrame {
    std::string function; // demangled; its index if the module has no names
    std::string place;    // file:line:column; without DWARF the offset in the module
    bool inlined = false; // into the frame that follows

    friend bool operator==(TrapFrame const&, TrapFrame const&) = default;
};

struct TrapReport {
    std::string what;              // "a memory access was out of bounds"
    std::vector<TrapFrame> frames; // innermost first
};

// What the trap of this code means, in words; empty for a code that only components know.
std::string_view trap_sentence(std::uint8_t code);

// The frames in the engine's own text of a trap: the only form in which it gives source lines.
std::vector<TrapFrame> parse_frames(std::string_view text);

} // namespace exec::engine
