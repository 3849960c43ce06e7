#pragma once

// Whose certificates are believed on a TLS connection, beyond who has issued them: those that bear
// one of some names.

#include <span>
#include <string>
#include <string_view>

struct ssl_ctx_st;
struct x509_st;

namespace crypto {

// Has the library ask for one of these names after its own verification, in all sessions of the
// context. Where there are none, nothing more is asked. False: there is no memory.
bool want_peers(ssl_ctx_st* context, std::span<std::string const> names);

// A name that ends with a slash stands for all below it.
bool admits_peer(std::span<std::string const> names, std::string_view uri);

// The one URI among a certificate's alternative names; empty where there is none, or more than one.
std::string peer_uri(x509_st* certificate);

} // namespace crypto
