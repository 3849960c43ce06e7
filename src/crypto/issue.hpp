#pragma once

// Certificates and revocation lists that an authority here issues (RFC 5280): signed with ECDSA on
// P-384 and SHA-384.

#include "crypto/p384_signer.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace crypto {

// A Name in DER: commonName, and above it an organizationalUnitName if there is one.
std::vector<std::byte> name_of(std::string const& common_name, std::string const& unit = {});

// 16 random bytes of a serial number: positive, and never the same twice (RFC 5280, 4.1.2.2).
base::Result<base::Bytes<16>> fresh_serial();

struct MoreExtension {
    base::View oid;
    std::vector<std::byte> value; // DER
};

struct CertificateWish {
    base::Bytes<16> serial{};
    std::vector<std::byte> subject;    // Name in DER
    std::vector<std::byte> public_key; // SubjectPublicKeyInfo
    std::chrono::sys_seconds not_before;
    std::chrono::sys_seconds not_after;
    // An authority with so many of them below it; nothing: a leaf, for TLS servers and clients.
    std::optional<std::uint8_t> authorities_below = {};
    std::vector<std::string> dns_names = {};
    std::vector<std::string> uris = {};
    std::string list_url = {}; // where the issuer's revocation list is; empty: not said
    std::vector<MoreExtension> more = {};
};

// Who issues: its name as its own certificate has it, and its key.
struct Issuer {
    std::vector<std::byte> name; // DER
    P384Signer const& key;
};

os::OrFailure<std::vector<std::byte>>
issue_certificate(Issuer const& issuer, CertificateWish const& wish);

struct RevokedSerial {
    base::Bytes<16> serial{};
    std::chrono::sys_seconds at;
};

struct ListWish {
    std::uint64_t number = 0; // rising
    std::chrono::sys_seconds this_update;
    std::chrono::sys_seconds next_update;
    std::vector<RevokedSerial> revoked;
};

os::OrFailure<std::vector<std::byte>> issue_list(Issuer const& issuer, ListWish const& wish);

} // namespace crypto
