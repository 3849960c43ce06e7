#pragma once

// SIGSTRUCT of an SGX enclave: parsed, checked, made and signed. Intel SDM volume 3D, 38.13.

#include "base/result.hpp"
#include "base/view.hpp"
#include "crypto/digest.hpp"
#include "crypto/malformed.hpp"
#include "crypto/rsa_signing_key.hpp"
#include "hw/sgx/sigstruct.hpp"

namespace attest::measure {

bool looks_like_sigstruct(base::View bytes);

// 1808 bytes with both headers, exponent 3 and zeros where they are reserved.
base::Result<hw::sgx::Sigstruct, crypto::Malformed> parse_sigstruct(base::View bytes);

// MRSIGNER: SHA-256 of the modulus, little-endian.
crypto::Sha256Digest mr_signer(hw::sgx::Sigstruct const& sigstruct);
crypto::Sha256Digest mr_signer(crypto::Rsa3072SigningKey const& key);

// Whether author and body are signed by that modulus.
bool signature_valid(hw::sgx::Sigstruct const& sigstruct);
// Whether q1 and q2 are what they have to be; EINIT refuses the enclave otherwise.
struct QuotientsCheck {
    bool q1 = false;
    bool q2 = false;
};
QuotientsCheck check_quotients(hw::sgx::Sigstruct const& sigstruct);

// What the author says of the enclave beside its measurement.
struct Author {
    std::uint32_t vendor = 0;
    std::uint32_t date = 0; // yyyymmdd, a decimal digit in 4 bits
    std::uint32_t sw_defined = 0;
};

base::Result<hw::sgx::Sigstruct> sign_enclave(
    hw::sgx::SigstructBody const& body, Author const& author, crypto::Rsa3072SigningKey const& key
);

} // namespace attest::measure
