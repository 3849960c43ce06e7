#pragma once

// The signature algorithms that tokens name, in COSE and JOSE alike: ECDSA whose signature is R and
// S end to end (RFC 9053, 2.1; RFC 7518, 3.4).

#include "crypto/public_key.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace attest::cose {

// The numbers of the registry "COSE Algorithms".
enum class Algorithm : std::int64_t { Es256 = -7, Es384 = -35, Es512 = -36 };

// The name of the registries of COSE and JOSE.
std::string_view name_of(Algorithm algorithm);

// Empty for each algorithm that is none of those.
std::optional<Algorithm> algorithm_of(std::int64_t number);
std::optional<Algorithm> algorithm_named(std::string_view name);

// Whether `signature` is one of `content` by `key`, a key of the algorithm's curve.
bool verified_by(
    crypto::PublicKey const& key, Algorithm algorithm, base::View content, base::View signature
);

} // namespace attest::cose
