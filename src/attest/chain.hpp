#pragma once

// From a leaf certificate up to a pinned root, and what revocation lists say of the way.

#include "attest/judge.hpp"
#include "attest/request.hpp"

namespace attest {

// The rules under which a technology reports on its chain; its own ids and paragraphs, one common
// procedure.
struct ChainRules {
    Rule const& complete;  // every issuer is there, up to a root
    Rule const& root;      // that root is pinned, and no given certificate poses as one
    Rule const& authority; // each issuer may sign certificates, within its path length; nothing
                           // critical is unknown
    Rule const& signature; // each certificate is signed by the next
    Rule const& validity;  // each one is valid at the time
};

struct RevocationRules {
    Rule const& present;   // there is a list of each issuer that must have one
    Rule const& signature; // it is signed by its issuer
    Rule const& fresh;     // the time lies between thisUpdate and nextUpdate
    Rule const& clean;     // no certificate of the chain is on it
};

// Leaf first, root last; what stands in it belongs to the Request.
using Path = std::vector<Sourced<crypto::Certificate> const*>;

// The leaf's chain as far as it goes, with findings for all ChainRules. Empty when something failed
// or is missing. `pool`: more certificates to build from, such as those inside the evidence, beside
// the endorsements.
Path appraise_chain(
    Judge& judge,
    ChainRules const& rules,
    Request const& request,
    Sourced<crypto::Certificate> const& leaf,
    std::span<Sourced<crypto::Certificate> const> pool = {}
);

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
