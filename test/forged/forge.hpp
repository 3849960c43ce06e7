#pragma once

// Makes what vendors make: keys, certificates, revocation lists and signatures; for tests alone.

#include "base/view.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

struct evp_pkey_st;

namespace forged {

using Bytes = std::vector<std::byte>;
using Time = std::chrono::sys_seconds;

// When everything is good, unless told otherwise.
inline constexpr Time usual_time =
    std::chrono::sys_days{std::chrono::year{2026} / 6 / 1} + std::chrono::hours{12};

Bytes joined(std::initializer_list<base::View> parts);

// ---- DER ----

Bytes der(unsigned tag, base::View content);
Bytes sequence(std::initializer_list<base::View> parts);
Bytes integer(std::uint64_t value);
Bytes octets(base::View content);
Bytes oid(std::string_view dotted);
// An Extension (RFC 5280, 4.1) whose value is `value`.
Bytes extension(std::string_view dotted, base::View value, bool critical = false);

// ---- keys ----

enum class KeyKind { P256, P384, Rsa2048 };

class Key {
public:
    static Key generate(KeyKind kind);

    Bytes public_key_info() const;
    // x and y of a point, or r and s of a signature, as long as the curve has them.
    Bytes point() const;
    Bytes raw_signature(base::View message) const; // ECDSA with the curve's usual hash
    // In the form of certificates: ECDSA, or RSA PSS with SHA-384.
    Bytes signature(base::View message) const;
    Bytes algorithm() const; // AlgorithmIdentifier

private:
    Key(std::shared_ptr<evp_pkey_st> key, KeyKind kind) : key_{std::move(key)}, kind_{kind} {}
    Bytes sign(base::View message) const;

    std::shared_ptr<evp_pkey_st> key_;
    KeyKind kind_;
};

// ---- certificates and lists ----

struct CertificateForm {
    std::string subject; // commonName
    std::string issuer;
    std::uint8_t serial = 1;
    Time not_before;
    Time not_after;
    bool authority = false;
    std::optional<unsigned> path_length = {};
    Bytes extensions = {}; // more of them, end to end
};
Bytes certificate(CertificateForm const& form, Key const& of, Key const& signer);

struct ListForm {
    std::string issuer;
    Time this_update;
    Time next_update;
    std::vector<std::uint8_t> revoked = {}; // serials
};
Bytes revocation_list(ListForm const& form, Key const& signer);

// ---- COSE ----

inline constexpr std::int64_t es384 = -35; // RFC 9053, 2.1

// COSE_Sign1 without a tag (RFC 9052, 4.2 and 4.4). The signature is the key's own, whatever
// algorithm the header names.
Bytes sign1(Key const& signer, std::int64_t algorithm, base::View payload);

} // namespace forged
