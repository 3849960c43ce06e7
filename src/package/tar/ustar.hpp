#pragma once

// The header block of a tar archive (POSIX.1-2017, pax, "ustar Interchange Format").

#include "base/view.hpp"

#include <charconv>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>

namespace package::tar {

struct Ustar {
    char name[100];       // 0x000
    char mode[8];         // 0x064
    char uid[8];          // 0x06c
    char gid[8];          // 0x074
    char size[12];        // 0x07c  octal
    char mtime[12];       // 0x088
    char checksum[8];     // 0x094
    char type;            // 0x09c
    char link[100];       // 0x09d
    char magic[8];        // 0x101  "ustar", a zero, "00"
    char user[32];        // 0x109
    char group[32];       // 0x129
    char device_major[8]; // 0x149
    char device_minor[8]; // 0x151
    char prefix[155];     // 0x159
    char unused[12];      // 0x1f4
};
static_assert(sizeof(Ustar) == 512);

inline constexpr std::string_view ustar_magic{
    "ustar\0"
    "00",
    8
};
inline constexpr char type_file = '0';
inline constexpr char type_link = '2';
inline constexpr char type_directory = '5';
inline constexpr char type_pax = 'x';

// A text in a field, up to its first zero.
inline std::string_view text_of(std::span<char const> field) {
    return {field.data(), ::strnlen(field.data(), field.size())};
}

// Digits, then zeros or spaces.
inline std::optional<std::uint64_t> octal(std::span<char const> field) {
    std::uint64_t value = 0;
    auto const all = std::string_view{field.data(), field.size()};
    auto const end = all.find_first_not_of("01234567");
    auto const digits = all.substr(0, end);
    if (digits.empty() || digits.size() > 20) return {};
    if (end != std::string_view::npos &&
        all.substr(end).find_first_not_of(std::string_view{"\0 ", 2}) != std::string_view::npos)
        return {};
    std::from_chars(digits.data(), digits.data() + digits.size(), value, 8);
    return value;
}

// The sum of all bytes, those of the checksum taken as spaces.
inline std::uint64_t checksum_of(Ustar header) {
    for (auto& digit : header.checksum) digit = ' ';
    std::uint64_t sum = 0;
    // Safety: a Ustar is bytes.
    for (auto const byte : std::as_bytes(std::span{&header, 1}))
        sum += std::to_integer<std::uint64_t>(byte);
    return sum;
}

} // namespace package::tar
