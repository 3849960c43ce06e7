#pragma once

// Bytes as AWS-LC's interface has them.

#include "base/view.hpp"

#include <cstdint>
#include <vector>

namespace crypto {

// Safety of both: uint8_t is unsigned char, which may alias any object.
inline std::uint8_t const* raw(base::View bytes) {
    return reinterpret_cast<std::uint8_t const*>(bytes.data());
}
inline std::uint8_t* raw_out(std::span<std::byte> bytes) {
    return reinterpret_cast<std::uint8_t*>(bytes.data());
}

// What the library wrote at `data` and gave away; nothing where it failed (`size` below 1).
std::vector<std::byte> adopted(std::uint8_t*& data, int size);

} // namespace crypto
