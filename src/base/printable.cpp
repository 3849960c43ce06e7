#include "base/printable.hpp"

#include "base/utf8.hpp"

#include <cstdint>

namespace base {

namespace {

// A sequence that utf8_sequence() has found whole.
char32_t character(std::string_view sequence) {
    auto const first = static_cast<std::uint8_t>(sequence[0]);
    if (sequence.size() == 1) return first;
    char32_t value = first & (0xffU >> (sequence.size() + 1));
    for (char const c : sequence.substr(1))
        value = value << 6 | (static_cast<std::uint8_t>(c) & 0x3fU);
    return value;
}

// Unicode 15: general category Cc, property Bidi_Control, and the two separators.
bool obeyed(char32_t c) {
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x061c || c == 0x200e || c == 0x200f ||
           (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

} // namespace

std::string printable(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        auto const length = utf8_sequence(text);
        auto const sequence = text.substr(0, length);
        if (length == 0 || obeyed(character(sequence)))
            out += '?';
        else
            out += sequence;
        text.remove_prefix(length == 0 ? 1 : length);
    }
    return out;
}

} // namespace base
