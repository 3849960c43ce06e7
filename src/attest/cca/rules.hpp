#pragma once

// The rules for Arm CCA attestation tokens. "Token": draft-ffm-rats-cca-token-00. "RMM": Realm
// Management Monitor specification, DEN0137, A7.

#include "attest/common_rules.hpp"

#include <array>

namespace attest::cca::rules {

inline constexpr Rule form{
    "cca.token.form",
    "It is a collection of a platform and a realm token, each a COSE_Sign1, and nothing follows.",
    "Token 3.1; RFC 9052, 4.2; RFC 8949, 4.2.1",
    Level::Always
};
inline constexpr Rule platform_claims{
    "cca.platform.claims",
    "Each mandatory claim of the platform is there, each claim once, and as long as it has to be.",
    "Token 4",
    Level::Always
};
inline constexpr Rule realm_claims{
    "cca.realm.claims",
    "Each mandatory claim of the realm is there, each claim once, and as long as it has to be.",
    "Token 5",
    Level::Always
};
inline constexpr Rule platform_key{
    "cca.platform.key",
    "The relying party names the platform's attestation key (CPAK) of this instance.",
    "Token 7, verification; RFC 9334, 7.4",
    Level::Always
};
inline constexpr Rule platform_signature{
    "cca.platform.signature",
    "The CPAK signed the platform token exactly as it came.",
    "Token 7; RFC 9052, 4.4",
    Level::Always
};
inline constexpr Rule realm_key{
    "cca.realm.key",
    "The realm's key is a point of P-384, bare or as COSE_Key.",
    "Token 5.4; RMM A7.2.3.1.4",
    Level::Always
};
inline constexpr Rule realm_signature{
    "cca.realm.signature",
    "The realm's key signed the realm token exactly as it came.",
    "Token 7; RFC 9052, 4.4",
    Level::Always
};
inline constexpr Rule binding{
    "cca.binding",
    "The platform's challenge is the hash of the realm's key.",
    "Token 3.2, binding; RMM A7.2.1",
    Level::Always
};
inline constexpr Rule lifecycle{
    "cca.platform.lifecycle",
    "The platform is secured: neither under construction nor open to debugging.",
    "Token 4.5, security lifecycle",
    Level::Strict
};
inline constexpr Rule report_data{
    "cca.report-data",
    "The realm's challenge is the single-use data that was asked for.",
    "Token 5.1; RFC 9334, 10",
    Level::Strict
};
inline constexpr Rule measurement{
    "cca.measurement",
    "The realm's initial measurement is one of those expected.",
    "Token 5.5; RMM A7.1.1",
    Level::Strict
};

inline constexpr std::array all{
    &attest::rules::kind_accepted,
    &form,
    &platform_claims,
    &realm_claims,
    &platform_key,
    &platform_signature,
    &realm_key,
    &realm_signature,
    &binding,
    &lifecycle,
    &report_data,
    &measurement,
    &attest::rules::endorsements_verified,
    &attest::rules::expectations_compared,
};

} // namespace attest::cca::rules
