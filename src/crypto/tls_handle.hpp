#pragma once

// AWS-LC's TLS and X.509 objects with an owner; its headers stay inside crypto/.

#include <memory>

struct evp_pkey_st;
struct ssl_ctx_st;
struct ssl_st;
struct x509_st;
struct x509_store_st;

namespace crypto {

struct TlsFree {
    void operator()(evp_pkey_st* object) const noexcept;
    void operator()(ssl_ctx_st* object) const noexcept;
    void operator()(ssl_st* object) const noexcept;
    void operator()(x509_st* object) const noexcept;
    void operator()(x509_store_st* object) const noexcept;
};
template <class T> using TlsHandle = std::unique_ptr<T, TlsFree>;

} // namespace crypto
