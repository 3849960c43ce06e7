#include "keep/exec/wasi/utf8.hpp"

#include <cstddef>
#include <cstdint>

namespace exec::wasi {

namespace {

struct Lead {
    std::size_t following = 0;      // bytes after the first
    std::uint8_t second_low = 0x80; // the range of the second byte
    std::uint8_t second_high = 0xbf;
    bool valid = true;
};

Lead lead_of(std::uint8_t first) {
    if (first < 0x80) return {};
    if (first >= 0xc2 && first <= 0xdf) return {.following = 1};
    if (first == 0xe0) return {.following = 2, .second_low = 0xa0};
    if (first == 0xed) return {.following = 2, .second_high = 0x9f};
    if (first >= 0xe1 && first <= 0xef) return {.following = 2};
    if (first == 0xf0) return {.following = 3, .second_low = 0x90};
    if (first == 0xf4) return {.following = 3, .second_high = 0x8f};
    if (first >= 0xf1 && first <= 0xf3) return {.following = 3};
    return {.valid = false};
}

bool within(char byte, std::uint8_t low, std::uint8_t high) {
    auto const value = static_cast<std::uint8_t>(byte);
    return value >= low && value <= high;
}

} // namespace

bool utf8(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        auto const lead = lead_of(static_cast<std::uint8_t>(text[at]));
        if (!lead.valid || lead.following > text.size() - at - 1) return false;
        if (lead.following > 0 && !within(text[at + 1], lead.second_low, lead.second_high))
            return false;
        for (std::size_t i = 2; i <= lead.following; ++i)
            if (!within(text[at + i], 0x80, 0xbf)) return false;
        at += 1 + lead.following;
    }
    return true;
}

} // namespace exec::wasi
