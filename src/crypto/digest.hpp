#pragma once

// SHA-2, in one go or piece by piece.

#include "base/view.hpp"
#include "base/wire.hpp"

#include <cstdint>

namespace crypto {

enum class Hash : std::uint8_t { Sha256, Sha384, Sha512 };

using Sha256Digest = base::Bytes<32>;
using Sha384Digest = base::Bytes<48>;
using Sha512Digest = base::Bytes<64>;

Sha256Digest sha256(base::View data);
Sha384Digest sha384(base::View data);
Sha512Digest sha512(base::View data);

// SHA-256 of data that comes in pieces; copy it to take the digest of a prefix.
class Sha256 {
public:
    Sha256();
    Sha256& add(base::View data);
    Sha256Digest digest() const;

private:
    alignas(8) base::Bytes<128> state_{};
};

// SHA-384 of data that comes in pieces; copy it to take the digest of a prefix.
class Sha384 {
public:
    Sha384();
    Sha384& add(base::View data);
    Sha384Digest digest() const;

private:
    alignas(8) base::Bytes<256> state_{};
};

} // namespace crypto
