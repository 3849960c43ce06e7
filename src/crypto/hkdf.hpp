#pragma once

// HKDF with SHA-256 (RFC 5869).

#include "base/view.hpp"

namespace crypto {

// Fills `out`, at most 8160 bytes. False: no memory, or more.
[[nodiscard]] bool
hkdf_sha256(base::View key, base::View salt, base::View info, std::span<std::byte> out);

} // namespace crypto
