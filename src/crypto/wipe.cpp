#include "crypto/wipe.hpp"

#include <openssl/mem.h>

namespace crypto {

void wipe(std::span<std::byte> bytes) {
    if (!bytes.empty()) OPENSSL_cleanse(bytes.data(), bytes.size());
}

} // namespace crypto
