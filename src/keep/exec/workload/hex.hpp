#pragma once

// Digests as text.

#include "base/view.hpp"

#include <string>

namespace exec {

inline std::string hex(base::View bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (auto const byte : bytes) {
        text += digits[std::to_integer<unsigned>(byte) >> 4];
        text += digits[std::to_integer<unsigned>(byte) & 0xf];
    }
    return text;
}

} // namespace exec
