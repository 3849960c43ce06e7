#include "voting/crypto/ed25519.hpp"

#include <openssl/curve25519.h>
#include <openssl/mem.h>
#include <unistd.h>

namespace voting {

namespace {

std::uint8_t const* raw(base::View data) {
    // Safety: uint8_t is unsigned char, which may alias any object.
    return reinterpret_cast<std::uint8_t const*>(data.data());
}

template <std::size_t N> std::uint8_t* raw(base::Bytes<N>& out) {
    return reinterpret_cast<std::uint8_t*>(out.data()); // Safety: as above.
}

} // namespace

bool verify(PublicKey const& key, base::View message, Signature const& signature) {
    return ED25519_verify(raw(message), message.size(), raw(signature), raw(key)) == 1;
}

base::Result<SigningKey> SigningKey::create() {
    base::Bytes<32> seed;
    if (getentropy(seed.data(), seed.size()) != 0) return std::unexpected(base::Errno::Io);
    SigningKey key = from_seed(seed);
    OPENSSL_cleanse(seed.data(), seed.size());
    return key;
}

SigningKey SigningKey::from_seed(base::Bytes<32> const& seed) {
    SigningKey key;
    ED25519_keypair_from_seed(raw(key.public_), raw(key.private_), raw(seed));
    return key;
}

SigningKey::SigningKey(SigningKey&& other) noexcept
    : private_{other.private_}, public_{other.public_} {
    OPENSSL_cleanse(other.private_.data(), other.private_.size());
}

SigningKey::~SigningKey() { OPENSSL_cleanse(private_.data(), private_.size()); }

Signature SigningKey::sign(base::View message) const {
    Signature signature;
    ED25519_sign(raw(signature), raw(message), message.size(), raw(private_));
    return signature;
}

} // namespace voting
