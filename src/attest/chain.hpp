#pragma once

// From a leaf certificate up to a pinned root.

#include "attest/judge.hpp"
#include "attest/path.hpp"

namespace attest {

// The rules under which a technology reports on its chain; its own ids and paragraphs, one common
// procedure.
struct ChainRules {
    Rule const& complete;  // every issuer is there, up to a root
    Rule const& root;      // that root is pinned for this purpose
    Rule const& authority; // each issuer may sign certificates, within its path length; nothing
                           // critical is unknown
    Rule const& signature; // each certificate is signed by the next
    Rule const& validity;  // each one is valid at the time
};

// The leaf's chain as far as it goes, with findings for all ChainRules. Empty when something failed
// or is missing. `purpose`: for what the root at its end must be pinned. `pool`: more certificates
// to build from, such as those inside the evidence, beside the endorsements.
Path appraise_chain(
    Judge& judge,
    ChainRules const& rules,
    Purpose purpose,
    Request const& request,
    Sourced<crypto::Certificate> const& leaf,
    std::span<Sourced<crypto::Certificate> const> pool = {}
);

} // namespace attest
