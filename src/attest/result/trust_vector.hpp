#pragma once

// What an appraisal comes down to in the words of AR4SI (draft-ietf-rats-ar4si, 2.3): a tier for
// each aspect of an attester. Only the tiers themselves are used as values, none of the finer ones.

#include "attest/appraisal.hpp"

#include <array>

namespace attest::result {

enum class Tier : std::int8_t { None = 0, Affirming = 2, Warning = 32, Contraindicated = 96 };

std::string_view name_of(Tier tier);

// In the order of their numbers in CBOR, 0 to 7.
enum class Aspect : std::uint8_t {
    InstanceIdentity, // whose key it is: leaf certificates, platform keys
    Configuration,    // how guest and platform are set up
    Executables,      // what runs: launch measurements
    FileSystem,       // nothing is said
    Hardware,         // signatures, chains, revocation, firmware
    RuntimeOpaque,    // nobody looks in: no debugging, no migration
    StorageOpaque,    // nothing is said
    SourcedData,      // nothing is said
};
inline constexpr std::size_t aspects = 8;

std::string_view name_of(Aspect aspect);

struct TrustVector {
    std::array<Tier, aspects> tiers{};

    Tier of(Aspect aspect) const { return tiers[std::size_t(aspect)]; }
};

// An aspect one of whose rules failed is contraindicated; it is affirmed where all of them passed,
// and nothing is said of it where one was not judged, or the policy turned one off that `strict`
// has. Firmware for which the vendor has advice that was not followed is a warning.
TrustVector trust_vector(Appraisal const& appraisal);

// Refused is contraindicated, undecided says nothing; accepted is affirmed only where identity,
// configuration, executables, hardware and opacity all are, or else it is a warning.
Tier overall(Appraisal const& appraisal, TrustVector const& vector);

} // namespace attest::result
