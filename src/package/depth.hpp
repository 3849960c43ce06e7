#pragma once

// How deep the dotted keys of a TOML text go, told before anything is built from them: a megabyte
// of `a.a.a.a` would otherwise become half a million tables, one inside the other.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace package {

inline constexpr std::size_t max_key_parts = 16;

struct Position {
    std::uint32_t line;
    std::uint32_t column;
};

// Where the first key with more than `max_key_parts` parts exceeds them, if there is one. Dots
// inside of strings and comments do not count.
std::optional<Position> key_too_deep(std::string_view toml);

} // namespace package
