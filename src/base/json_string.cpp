// Escapes as RFC 8259, section 7 wants them.

#include "base/json_string.hpp"

#include <array>
#include <cstddef>

namespace base {

namespace {

// How long the UTF-8 sequence at the front of `text` is (RFC 3629, section 4); 0 if there is none.
std::size_t sequence_length(std::string_view text) {
    auto const byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    auto const tail = [&](std::size_t count) {
        if (text.size() <= count) return false;
        for (std::size_t i = 1; i <= count; ++i)
            if ((byte(i) & 0xc0) != 0x80) return false;
        return true;
    };
    auto const first = byte(0);
    if (first < 0x80) return 1;
    if (first >= 0xc2 && first <= 0xdf) return tail(1) ? 2 : 0;
    if (first >= 0xe0 && first <= 0xef && tail(2)) {
        bool const overlong = first == 0xe0 && byte(1) < 0xa0;
        bool const surrogate = first == 0xed && byte(1) > 0x9f;
        return overlong || surrogate ? 0 : 3;
    }
    if (first >= 0xf0 && first <= 0xf4 && tail(3)) {
        bool const overlong = first == 0xf0 && byte(1) < 0x90;
        bool const beyond = first == 0xf4 && byte(1) > 0x8f;
        return overlong || beyond ? 0 : 4;
    }
    return 0;
}

void append_escaped(std::string& out, char c) {
    constexpr std::string_view digits = "0123456789abcdef";
    switch (c) {
    case '"':
        out += "\\\"";
        return;
    case '\\':
        out += "\\\\";
        return;
    case '\n':
        out += "\\n";
        return;
    case '\r':
        out += "\\r";
        return;
    case '\t':
        out += "\\t";
        return;
    default:
        break;
    }
    auto const byte = static_cast<unsigned char>(c);
    if (byte >= 0x20) {
        out += c;
        return;
    }
    out += "\\u00";
    out += digits[byte >> 4];
    out += digits[byte & 0xf];
}

} // namespace

std::string json_string(std::string_view text) {
    std::string out = "\"";
    while (!text.empty()) {
        auto const length = sequence_length(text);
        if (length == 0)
            out += "\xef\xbf\xbd";
        else if (length == 1)
            append_escaped(out, text.front());
        else
            out += text.substr(0, length);
        text.remove_prefix(length == 0 ? 1 : length);
    }
    return out += '"';
}

} // namespace base
