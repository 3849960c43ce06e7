#pragma once

// A certificate that a key signs for itself: for TLS ends that no certificate was given to.

#include "crypto/tls_error.hpp"
#include "crypto/tls_handle.hpp"

#include <chrono>
#include <span>
#include <string>

namespace crypto {

// X.509 v3 (RFC 5280): valid from an hour before `now` for 365 days, for server and client
// authentication, no authority. `names` become the subject alternative names: an IPv4 or IPv6
// literal as an address, anything else as a DNS name.
TlsResult<TlsHandle<x509_st>> self_signed_certificate(
    evp_pkey_st* key, std::span<std::string const> names, std::chrono::sys_seconds now
);

} // namespace crypto
