// Numbers in the words of a switch: as in C, decimal or 0x.
#pragma once
#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

namespace model {

inline std::optional<std::uint64_t> number_of(std::string_view text) {
    bool const hexadecimal = text.starts_with("0x");
    if (hexadecimal) text.remove_prefix(2);
    std::uint64_t value = 0;
    auto const* const end = text.data() + text.size();
    auto const [at, error] = std::from_chars(text.data(), end, value, hexadecimal ? 16 : 10);
    if (error != std::errc{} || at != end) return std::nullopt;
    return value;
}

} // namespace model
