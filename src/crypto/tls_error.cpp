#include "crypto/tls_error.hpp"

#include <openssl/err.h>

namespace crypto {

TlsError tls_library_error(TlsError::Kind kind, std::string what) {
    char const* reason = ERR_reason_error_string(ERR_peek_error());
    if (reason != nullptr) what += std::string{": "} + reason;
    ERR_clear_error();
    return {.kind = kind, .text = std::move(what)};
}

} // namespace crypto
