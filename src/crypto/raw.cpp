#include "crypto/raw.hpp"

#include <openssl/mem.h>

namespace crypto {

std::vector<std::byte> adopted(std::uint8_t*& data, int size) {
    if (size < 1) return {};
    // Safety: std::byte may alias any object.
    auto const* const bytes = reinterpret_cast<std::byte const*>(data);
    std::vector<std::byte> out{bytes, bytes + size};
    OPENSSL_free(data);
    return out;
}

} // namespace crypto
