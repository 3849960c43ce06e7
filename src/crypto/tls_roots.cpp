#include "crypto/tls_roots.hpp"

#include "crypto/tls_credential.hpp"

#include <string_view>

extern "C" {
extern char const tls_roots_pem_begin[];
extern char const tls_roots_pem_end[];
}

namespace crypto {

TlsResult<std::vector<TlsHandle<x509_st>>> tls_roots() {
    return certificates_from_pem({&tls_roots_pem_begin[0], &tls_roots_pem_end[0]});
}

} // namespace crypto
