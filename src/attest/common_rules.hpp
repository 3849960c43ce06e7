#pragma once

// Rules that are the same for all kinds of evidence.

#include "attest/rule.hpp"

namespace attest::rules {

inline constexpr Rule kind_accepted{
    "evidence.kind",
    "The evidence is of a kind that the relying party accepts.",
    "RFC 9334, 7.1 and 8.5 (appraisal policies)",
    Level::Always
};
inline constexpr Rule expectations_compared{
    "evidence.expectations",
    "Each value that the relying party gave to compare with was compared with the evidence, and "
    "its policy sets values for this kind of evidence, for none, or the kind was named.",
    "RFC 9334, 8.3 (reference values) and 10.2 (nonces)",
    Level::Always
};
inline constexpr Rule endorsements_verified{
    "endorsements.verified",
    "Each certificate, revocation list and signed document that was given descends from a pinned "
    "root, needed or not.",
    "RFC 9334, 8.4 (endorsements) and 7.1; RFC 5280, 6.1",
    Level::Authentic
};

} // namespace attest::rules
