#pragma once

// Sizes as people write them: 65536, 512M, 2GiB.

#include <cstdint>
#include <optional>
#include <string_view>

namespace package {

// Digits with an optional K, M, G or T (powers of 1024; KiB, MiB, GiB and TiB are the same).
// Nothing for anything else, and for what 64 bits do not hold.
constexpr std::optional<std::uint64_t> parse_byte_size(std::string_view text) {
    std::uint64_t value = 0;
    std::size_t digits = 0;
    for (; digits < text.size() && text[digits] >= '0' && text[digits] <= '9'; ++digits) {
        auto const digit = static_cast<std::uint64_t>(text[digits] - '0');
        if (value > (UINT64_MAX - digit) / 10) return {};
        value = value * 10 + digit;
    }
    if (digits == 0) return {};
    auto const unit = text.substr(digits);
    if (unit.empty()) return value;
    if (unit.size() != 1 && unit.substr(1) != "iB") return {};
    auto const power = std::string_view{"KMGT"}.find(unit.front());
    if (power == std::string_view::npos) return {};
    auto const shift = 10 * (power + 1);
    if (value > (UINT64_MAX >> shift)) return {};
    return value << shift;
}

} // namespace package
