#pragma once

// Bytes as lower-case hexadecimal digits, and back.

#include "base/view.hpp"
#include "base/wire.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace voting {

inline std::string hex(base::View bytes) {
    static constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(bytes.size() * 2);
    for (std::byte const b : bytes) {
        text += digits[std::to_integer<unsigned>(b >> 4)];
        text += digits[std::to_integer<unsigned>(b & std::byte{15})];
    }
    return text;
}

// Nothing where the text is not exactly 2 N lower-case digits: one value has one spelling.
template <std::size_t N> std::optional<base::Bytes<N>> from_hex(std::string_view text) {
    if (text.size() != 2 * N) return {};
    base::Bytes<N> bytes{};
    for (std::size_t i = 0; i < text.size(); ++i) {
        char const c = text[i];
        bool const digit = c >= '0' && c <= '9';
        if (!digit && (c < 'a' || c > 'f')) return {};
        auto const value = static_cast<std::byte>(digit ? c - '0' : c - 'a' + 10);
        bytes[i / 2] = bytes[i / 2] << 4 | value;
    }
    return bytes;
}

} // namespace voting
