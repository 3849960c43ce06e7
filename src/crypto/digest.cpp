#include "crypto/digest.hpp"

#include "crypto/raw.hpp"

#include <openssl/sha.h>

namespace crypto {

namespace {

// Safety: both contexts are plain C structs without pointers; the buffers are large enough and
// aligned as they are.
static_assert(sizeof(SHA256_CTX) <= 128 && alignof(SHA256_CTX) <= 8);
static_assert(sizeof(SHA512_CTX) <= 256 && alignof(SHA512_CTX) <= 8);

SHA256_CTX* context256(base::Bytes<128>& state) {
    return reinterpret_cast<SHA256_CTX*>(state.data());
}

SHA512_CTX* context512(base::Bytes<256>& state) {
    return reinterpret_cast<SHA512_CTX*>(state.data());
}

} // namespace

Sha256Digest sha256(base::View data) {
    Sha256Digest out;
    ::SHA256(raw(data), data.size(), raw_out(out));
    return out;
}

Sha384Digest sha384(base::View data) {
    Sha384Digest out;
    ::SHA384(raw(data), data.size(), raw_out(out));
    return out;
}

Sha512Digest sha512(base::View data) {
    Sha512Digest out;
    ::SHA512(raw(data), data.size(), raw_out(out));
    return out;
}

Sha256::Sha256() { ::SHA256_Init(context256(state_)); }

Sha256& Sha256::add(base::View data) {
    ::SHA256_Update(context256(state_), data.data(), data.size());
    return *this;
}

Sha256Digest Sha256::digest() const {
    alignas(8) auto state = state_;
    Sha256Digest out;
    ::SHA256_Final(raw_out(out), context256(state));
    return out;
}

Sha384::Sha384() { ::SHA384_Init(context512(state_)); }

Sha384& Sha384::add(base::View data) {
    ::SHA384_Update(context512(state_), data.data(), data.size());
    return *this;
}

Sha384Digest Sha384::digest() const {
    alignas(8) auto state = state_;
    Sha384Digest out;
    ::SHA384_Final(raw_out(out), context512(state));
    return out;
}

} // namespace crypto
