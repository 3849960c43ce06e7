#pragma once

// Values of options as `enarx measure` takes them: numbers and bytes of a fixed length.

#include "base/wire.hpp"
#include "os/failure.hpp"

#include <optional>
#include <string>

namespace host::cli {

// What the user wrote after an option; nothing where the option was left out.
using Given = std::optional<std::string>;

// Decimal, or 0x and hexadecimal digits, at most `most`.
os::OrFailure<std::uint64_t>
parse_number(std::string_view option, std::string const& text, std::uint64_t most);

// Hexadecimal digits that fill `out` exactly.
os::OrFailure<void>
parse_hex(std::string_view option, std::string const& text, std::span<std::byte> out);

template <std::unsigned_integral T>
os::OrFailure<T> number_or(std::string_view option, Given const& given, T otherwise) {
    if (!given) return otherwise;
    auto const number = parse_number(option, *given, std::numeric_limits<T>::max());
    if (!number) return std::unexpected(number.error());
    return static_cast<T>(*number);
}

template <std::size_t N>
os::OrFailure<base::Bytes<N>>
bytes_or(std::string_view option, Given const& given, base::Bytes<N> otherwise) {
    if (!given) return otherwise;
    if (auto const parsed = parse_hex(option, *given, otherwise); !parsed)
        return std::unexpected(parsed.error());
    return otherwise;
}

} // namespace host::cli
