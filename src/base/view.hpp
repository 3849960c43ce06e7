#pragma once

// Bytes that somebody else owns, and how two of them compare.

#include <algorithm>
#include <cstddef>
#include <span>
#include <string_view>

namespace base {

using View = std::span<std::byte const>;

inline bool equal(View a, View b) { return std::ranges::equal(a, b); }

inline bool all_zero(View bytes) {
    return std::ranges::all_of(bytes, [](std::byte b) { return b == std::byte{0}; });
}

// Safety: char and std::byte may alias any object; the lifetime stays the caller's.
inline View view_of(std::string_view text) {
    return {reinterpret_cast<std::byte const*>(text.data()), text.size()};
}
inline std::string_view text_of(View bytes) {
    return {reinterpret_cast<char const*>(bytes.data()), bytes.size()};
}

} // namespace base
