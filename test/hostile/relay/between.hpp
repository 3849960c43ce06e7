#pragma once

// Whoever stands between a tenant and a Keep, with TLS of his own to both, and passes their
// messages on: all as they are, but for the Keep's authenticator, which he may make anew with what
// he has.

#include "crypto/p256_signing_key.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace relay {

// What he does with the authenticator.
enum class Way : std::uint8_t {
    Pass,   // nothing
    Resign, // his own certificate and signature around the Keep's evidence
    Splice, // the Keep's certificate, and his own signature behind it
};
std::optional<Way> way_of(std::string_view name);

struct BetweenWish {
    std::string front; // where the tenant comes to
    std::string back;  // where the Keep waits
    Way way = Way::Pass;
    crypto::P256SigningKey key; // what he shows to the tenant, and signs with
};

// One connection, to its end. Prints the types of frames that have passed, as JSON.
int stand_between(BetweenWish const& wish);

} // namespace relay
