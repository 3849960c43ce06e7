#pragma once

// What a Keep has answered on one connection, kept for another: its own words, and the evidence
// alone for who can sign around it.

#include "crypto/bound_channel.hpp"

#include <string>
#include <vector>

namespace relay {

using Bytes = std::vector<std::byte>;

struct Record {
    Bytes authenticator;
    Bytes attestation; // of it
    Bytes binding;

    // As it came on `channel`, where it is genuine.
    static Record
    of(crypto::BoundChannel const& channel, base::View authenticator, base::View binding);
    void write(std::string const& folder) const;
    static Record read(std::string const& folder);

    // Its evidence in an authenticator for another connection, with a certificate and a signature
    // of this key.
    Bytes resigned(crypto::BoundChannel const& channel, crypto::P256SigningKey const& key) const;
};

// What shows this key in a handshake.
crypto::TlsCredential credential_of(crypto::P256SigningKey const& key);
// A request for an authenticator with a context of its own.
Bytes new_request(crypto::authenticator::End maker);

} // namespace relay
