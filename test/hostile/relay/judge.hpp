#pragma once

// How whoever grants judges a Keep without hardware, and what he says of it.

#include "attest/provision/attested_channel.hpp"

#include <string>

namespace relay {

// `own_key`: SubjectPublicKeyInfo that the Keep has to have seen; empty: none.
attest::provision::Answer judged(
    crypto::BoundChannel const& channel, attest::provision::Offer const& offer, base::View own_key
);

// The rule that failed, or "accepted".
std::string verdict_of(attest::provision::Answer const& answer);

} // namespace relay
