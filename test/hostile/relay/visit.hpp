#pragma once

// Who comes to a Keep's door and asks, up to its answer.

#include "attest/provision/attested_channel.hpp"
#include "relay/end.hpp"

#include <optional>
#include <string>

namespace relay {

struct Visit {
    End keep;
    Bytes request;
    Bytes authenticator;
    Bytes binding;

    crypto::BoundChannel channel() const;
    attest::provision::Offer offer() const {
        return {.authenticator = authenticator, .binding = binding};
    }
};

// Nothing: it does not answer. `own`: the key that the Keep sees.
std::optional<Visit> visit(std::string const& socket, crypto::P256SigningKey const& own);

} // namespace relay
