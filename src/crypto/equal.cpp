#include "crypto/equal.hpp"

#include <openssl/mem.h>

namespace crypto {

bool equal_in_constant_time(base::View a, base::View b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

} // namespace crypto
