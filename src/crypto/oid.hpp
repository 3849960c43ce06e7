#pragma once

// Object identifiers in the encoding in which DER holds them, made from their numbers by the
// compiler.

#include "base/view.hpp"

#include <array>
#include <cstdint>

namespace crypto {

namespace detail {

consteval std::size_t oid_arc_size(std::uint64_t arc) {
    std::size_t size = 1;
    while (arc >>= 7) ++size;
    return size;
}

} // namespace detail

// oid_bytes<2, 5, 29, 19> is the content of the OBJECT IDENTIFIER 2.5.29.19.
template <std::uint64_t First, std::uint64_t Second, std::uint64_t... Rest>
inline constexpr auto oid_bytes = [] {
    constexpr std::array arcs{First * 40 + Second, Rest...};
    std::array<
        std::byte,
        (detail::oid_arc_size(First * 40 + Second) + ... + detail::oid_arc_size(Rest))>
        out{};
    std::size_t at = 0;
    for (auto const arc : arcs)
        for (auto left = detail::oid_arc_size(arc); left-- > 0;)
            out[at++] = std::byte(((arc >> (7 * left)) & 0x7f) | (left != 0 ? 0x80 : 0));
    return out;
}();

// RFC 5280, 4.2.1
inline constexpr base::View oid_key_usage = oid_bytes<2, 5, 29, 15>;
inline constexpr base::View oid_basic_constraints = oid_bytes<2, 5, 29, 19>;
inline constexpr base::View oid_common_name = oid_bytes<2, 5, 4, 3>;

} // namespace crypto
