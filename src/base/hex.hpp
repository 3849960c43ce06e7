#pragma once

// Bytes as hexadecimal text, two digits each, and back (RFC 4648, 8).

#include "base/view.hpp"

#include <optional>
#include <string>
#include <vector>

namespace base {

// In lower case.
std::string hex(View bytes);

// What a digit of either case stands for; 16 or more is none.
constexpr unsigned hex_digit(char c) {
    if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
    if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
    if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A' + 10);
    return 16;
}

// Fills `out`, all of which the digits have to fill. Where they do not, or are none, what is in
// `out` means nothing.
[[nodiscard]] constexpr bool unhex(std::string_view digits, std::span<std::byte> out) {
    if (digits.size() % 2 != 0 || digits.size() / 2 != out.size()) return false;
    for (std::size_t i = 0; i < out.size(); ++i) {
        auto const high = hex_digit(digits[2 * i]);
        auto const low = hex_digit(digits[2 * i + 1]);
        if (high >= 16 || low >= 16) return false;
        out[i] = std::byte(high << 4 | low);
    }
    return true;
}

// Nothing for text with anything but digits, and for half a byte.
std::optional<std::vector<std::byte>> unhex(std::string_view digits);

} // namespace base
