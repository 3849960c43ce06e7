#pragma once

// What was given and is of no use has to verify too, so that no damaged or foreign endorsement
// passes unseen.

#include "attest/judge.hpp"
#include "attest/revocation.hpp"

namespace attest {

// Findings for rules::endorsements_verified: of all documents, and of all certificates and lists
// that are not on one of `paths`. Signatures only: what nobody uses may have expired.
void appraise_leftovers(
    Judge& judge,
    Request const& request,
    std::span<Path const> paths,
    Revocable revocable,
    std::span<Link const> pool = {}
);

} // namespace attest
