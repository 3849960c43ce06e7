#pragma once

// Hybrid public key encryption (RFC 9180), base mode, one message: what is sealed for one key and
// for nobody else, together with what it was sealed for.
//
// A sealed message is the encapsulated key and the ciphertext, without a length: the suite says
// where one ends. `info` has to be the same at both ends; associated data are not used.

#include "base/result.hpp"
#include "base/view.hpp"
#include "base/wire.hpp"
#include "crypto/wipe.hpp"

#include <cstdint>
#include <vector>

namespace crypto::hpke {

// Each with HKDF-SHA256 (0x0001) and AES-256-GCM (0x0002).
enum class Suite : std::uint8_t {
    X25519 = 1, // DHKEM(X25519, HKDF-SHA256), 0x0020
    XWing = 2,  // MLKEM768-X25519, 0x647a: also against who records today and has a quantum
                // computer later
};

constexpr std::size_t public_size(Suite suite) { return suite == Suite::X25519 ? 32 : 1216; }
constexpr std::size_t encapsulated_size(Suite suite) { return suite == Suite::X25519 ? 32 : 1120; }
constexpr std::size_t overhead(Suite suite) { return encapsulated_size(suite) + 16; }

// Errno::Inval: `to` is no public key of the suite.
base::Result<std::vector<std::byte>>
seal(Suite suite, base::View to, base::View info, base::View message);

// A private key; it leaves no trace in memory.
class Key {
public:
    static constexpr std::size_t private_size = 32; // in both suites

    static base::Result<Key> generate(Suite suite);
    static base::Result<Key> from_private(Suite suite, base::Bytes<private_size> const& bytes);

    Suite suite() const { return suite_; }
    base::View public_key() const { return public_; }
    base::View private_key() const { return private_.view(); }

    // Errno::BadMsg: not sealed for this key with this `info`, or changed since.
    base::Result<SecretBytes> open(base::View info, base::View sealed) const;

private:
    Key(Suite suite, base::View key, std::vector<std::byte> public_key)
        : suite_{suite}, private_{key}, public_{std::move(public_key)} {}

    Suite suite_;
    SecretBytes private_;
    std::vector<std::byte> public_;
};

} // namespace crypto::hpke
