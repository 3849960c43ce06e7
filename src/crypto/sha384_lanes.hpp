#pragma once

// SHA-384 of eight messages of one length at once, each in a lane of 512-bit vectors (FIPS 180-4,
// 6.4 and 6.5). AWS-LC hashes one message at a time, and processors without SHA-512 instructions
// leave seven eighths of their width unused at that.

#include "crypto/digest.hpp"

#include <array>

namespace crypto::lanes {

inline constexpr std::size_t count = 8;

bool offered(); // by this processor

// `messages`: one behind the other, each `size` bytes, a multiple of 128. Only where it is offered.
std::array<Sha384Digest, count> sha384(base::View messages, std::size_t size);

} // namespace crypto::lanes
