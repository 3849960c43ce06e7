#pragma once

// The nonces of deterministic ECDSA with SHA-384 over P-384 (RFC 6979, 3.2).

#include "base/view.hpp"
#include "base/wire.hpp"
#include "crypto/digest.hpp"

namespace crypto {

class DeterministicNonce {
public:
    // `secret`: the private key; `order`: the group's; both big-endian.
    DeterministicNonce(
        base::Bytes<48> const& secret, Sha384Digest const& digest, base::Bytes<48> const& order
    );
    ~DeterministicNonce();
    DeterministicNonce(DeterministicNonce const&) = delete;
    DeterministicNonce& operator=(DeterministicNonce const&) = delete;

    // Big-endian, from 1 to order - 1.
    base::Bytes<48> next();

private:
    void feed(std::byte separator, base::View more);

    base::Bytes<48> order_;
    base::Bytes<48> key_{};
    base::Bytes<48> value_{};
};

} // namespace crypto
