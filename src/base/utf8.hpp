#pragma once

// UTF-8 as RFC 3629 defines it: no overlong form, no surrogate, nothing above U+10FFFF.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace base {

// The length of the sequence that starts `text`, or 0 where it is none.
constexpr std::size_t utf8_sequence(std::string_view text) {
    auto const byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
    if (text.empty()) return 0;
    std::uint8_t const first = byte(0);
    if (first < 0x80) return 1;
    std::size_t const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || text.size() < length) return 0;
    for (std::size_t i = 1; i < length; ++i)
        if ((byte(i) & 0xc0) != 0x80) return 0;
    std::uint8_t const second = byte(1);
    bool const refused = (first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f) ||
                         (first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f);
    return refused ? 0 : length;
}

constexpr bool valid_utf8(std::string_view text) {
    while (!text.empty()) {
        std::size_t const length = utf8_sequence(text);
        if (length == 0) return false;
        text.remove_prefix(length);
    }
    return true;
}

} // namespace base
