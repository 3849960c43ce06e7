#include "crypto/tls_handle.hpp"

#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

namespace crypto {

void TlsFree::operator()(evp_pkey_st* object) const noexcept { EVP_PKEY_free(object); }
void TlsFree::operator()(ssl_ctx_st* object) const noexcept { SSL_CTX_free(object); }
void TlsFree::operator()(ssl_st* object) const noexcept { SSL_free(object); }
void TlsFree::operator()(x509_st* object) const noexcept { X509_free(object); }
void TlsFree::operator()(x509_store_st* object) const noexcept { X509_STORE_free(object); }

} // namespace crypto
