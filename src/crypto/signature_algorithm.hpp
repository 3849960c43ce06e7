#pragma once

// The signature algorithms that certificates, lists and evidence of the vendors use; every other
// one is refused.

#include "base/view.hpp"
#include "crypto/digest.hpp"

#include <cstdint>
#include <optional>

namespace crypto {

enum class SignatureAlgorithm : std::uint8_t {
    EcdsaSha256,
    EcdsaSha384,
    EcdsaSha512,
    RsaPkcs1Sha256,
    RsaPkcs1Sha384,
    RsaPssSha256, // PSS with a salt as long as the hash and MGF1 with the same hash
    RsaPssSha384,
};

Hash hash_of(SignatureAlgorithm algorithm);

// By the exact DER of an AlgorithmIdentifier: parameters other than the usual ones have no meaning
// here.
std::optional<SignatureAlgorithm> signature_algorithm(base::View algorithm_identifier);

} // namespace crypto
