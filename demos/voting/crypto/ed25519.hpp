#pragma once

// Signatures of the Keep: Ed25519 (RFC 8032), by AWS-LC natively and in WebAssembly.

#include "base/result.hpp"
#include "base/view.hpp"
#include "base/wire.hpp"

namespace voting {

using PublicKey = base::Bytes<32>;
using Signature = base::Bytes<64>;

bool verify(PublicKey const& key, base::View message, Signature const& signature);

// A key that nobody else has: born from the system's random numbers, wiped when it goes.
class SigningKey {
public:
    // Errno::Io: the system gives no random numbers.
    static base::Result<SigningKey> create();
    // The key of a seed, for tests.
    static SigningKey from_seed(base::Bytes<32> const& seed);

    SigningKey(SigningKey&& other) noexcept;
    SigningKey& operator=(SigningKey&&) = delete;
    ~SigningKey();

    PublicKey const& public_key() const { return public_; }
    Signature sign(base::View message) const;

private:
    SigningKey() = default;

    base::Bytes<64> private_{};
    PublicKey public_{};
};

} // namespace voting
