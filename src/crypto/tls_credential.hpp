#pragma once

// What one end of a TLS connection shows of itself: a private key and the certificates that go with
// it.

#include "base/view.hpp"
#include "crypto/p256_signing_key.hpp"
#include "crypto/tls_error.hpp"
#include "crypto/tls_handle.hpp"

#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace crypto {

// A private key; nothing writes it out.
class TlsKey {
public:
    static TlsResult<TlsKey> generate();                     // ECDSA on P-256
    static TlsResult<TlsKey> from_pem(std::string_view pem); // unencrypted
    // A key that signs other things as well: who shows it on a connection is who signed those.
    static TlsKey of(P256SigningKey const& key);

    evp_pkey_st* get() const { return key_.get(); }
    TlsKey share() const;

private:
    friend class TlsCredential;
    explicit TlsKey(TlsHandle<evp_pkey_st> key) : key_{std::move(key)} {}

    TlsHandle<evp_pkey_st> key_;
};

class TlsCredential {
public:
    // PEM: the own certificate first, then those between it and the authority; an unencrypted
    // private key.
    static TlsResult<TlsCredential> from_pem(std::string_view chain, std::string_view private_key);
    static TlsResult<TlsCredential>
    self_signed(TlsKey key, std::span<std::string const> names, std::chrono::sys_seconds now);

    // What an authority has issued for this key: DER, the own certificate first.
    static TlsResult<TlsCredential> issued(TlsKey key, std::span<base::View const> chain);

    TlsCredential share() const;

    evp_pkey_st* key() const { return key_.get(); }
    TlsKey private_key() const { return key_.share(); } // for another certificate of it
    std::span<TlsHandle<x509_st> const> chain() const { return chain_; } // leaf first, never empty
    TlsResult<std::string> leaf_pem() const;
    std::vector<std::byte> leaf_der() const;
    std::vector<std::byte> public_key() const; // SubjectPublicKeyInfo

private:
    TlsCredential(TlsKey key, std::vector<TlsHandle<x509_st>> chain)
        : key_{std::move(key)}, chain_{std::move(chain)} {}

    TlsKey key_;
    std::vector<TlsHandle<x509_st>> chain_;
};

// All certificates of a PEM text, in their order. No certificate or a broken one is an error.
TlsResult<std::vector<TlsHandle<x509_st>>> certificates_from_pem(std::string_view pem);

} // namespace crypto
