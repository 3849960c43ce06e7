#pragma once

// What revocation lists say of a chain.

#include "attest/judge.hpp"
#include "attest/path.hpp"

namespace attest {

struct RevocationRules {
    Rule const& present;   // there is a list of each issuer that must have one
    Rule const& signature; // it is signed by its issuer
    Rule const& fresh;     // the time lies between thisUpdate and nextUpdate
    Rule const& clean;     // no certificate of the chain is on it
};

// Which certificates of a path the lists must cover.
enum class Revocable : std::uint8_t { All, AuthoritiesOnly };

// Findings for all RevocationRules: each certificate below the root is looked up in the list of its
// issuer.
void appraise_revocation(
    Judge& judge,
    RevocationRules const& rules,
    Request const& request,
    Path const& path,
    Revocable revocable
);

} // namespace attest
