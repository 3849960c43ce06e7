#include "crypto/hkdf.hpp"

#include "crypto/raw.hpp"

#include <openssl/digest.h>
#include <openssl/err.h>
#include <openssl/hkdf.h>

namespace crypto {

bool hkdf_sha256(base::View key, base::View salt, base::View info, std::span<std::byte> out) {
    bool const made = HKDF(
                          raw_out(out),
                          out.size(),
                          EVP_sha256(),
                          raw(key),
                          key.size(),
                          raw(salt),
                          salt.size(),
                          raw(info),
                          info.size()
                      ) == 1;
    ERR_clear_error();
    return made;
}

} // namespace crypto
