#pragma once

// Rules that are the same for all kinds of evidence.

#include "attest/rule.hpp"

namespace attest::rules {

inline constexpr Rule endorsements_verified{
    "endorsements.verified",
    "Each certificate, revocation list and signed document that was given descends from a pinned "
    "root, needed or not.",
    "RFC 9334, 8.4 (endorsements) and 7.1; RFC 5280, 6.1",
    Level::Authentic
};

} // namespace attest::rules
