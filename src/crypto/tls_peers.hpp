#pragma once

// Whose certificates are believed on a TLS connection, beyond who has issued them: those that bear
// one of some names.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

struct ssl_ctx_st;
struct x509_st;

namespace crypto {

// Has the library ask for one of these names after its own verification, in all sessions of the
// context; and that hardware protects who bears it, unless that is said to be no matter. Where
// there are no names, nothing more is asked. False: there is no memory.
enum class Unprotected : std::uint8_t { Admitted, Refused };
bool want_peers(ssl_ctx_st* context, std::span<std::string const> names, Unprotected unprotected);

// A name that ends with a slash stands for all below it.
bool admits_peer(std::span<std::string const> names, std::string_view uri);

// The one URI among a certificate's alternative names; empty where there is none, or more than one.
std::string peer_uri(x509_st* certificate);

// Whether it says that no hardware protects whom it was issued for
// (protocol/provision/certificate.hpp).
bool says_unprotected(x509_st* certificate);

} // namespace crypto
