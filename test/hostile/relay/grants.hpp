#pragma once

// Who may grant, or says so, and grants what no Keep may take: one field is not as it has to be.

#include "attest/provision/attested_channel.hpp"
#include "crypto/p256_signing_key.hpp"

#include <string>
#include <vector>

namespace relay {

struct GrantWish {
    std::vector<std::byte> deployment; // as its tenant has signed it
    crypto::P256SigningKey grantor;
    crypto::P256SigningKey tenant;
    std::vector<std::byte> package_key;
    std::string wrong; // what is: see grants.cpp; empty: nothing
};
// Of files and digits on a command line: DEPLOYMENT GRANTOR.pem TENANT.pem PACKAGE-KEY [WRONG].
GrantWish grant_wish(std::vector<std::string> const& words);

// With the secret PASSWORD.
std::vector<std::byte>
grant_for(attest::provision::AttestedChannel const& channel, GrantWish const& wish);

// Grants it to the Keep that waits at `socket`. Prints what that says: the name of its refusal, or
// "granted".
int grant(std::string const& socket, GrantWish const& wish);

} // namespace relay
