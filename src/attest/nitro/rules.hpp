#pragma once

// The rules for AWS Nitro attestation documents. "AWS": Nitro Enclaves attestation process and
// document specification.

#include "attest/common_rules.hpp"

#include <array>

namespace attest::nitro::rules {

inline constexpr Rule form{
    "nitro.document.form",
    "It is a COSE_Sign1 of four parts, encoded in one way only, and nothing follows.",
    "RFC 9052, 4.2; RFC 8949, 4.2.1",
    Level::Always
};
inline constexpr Rule algorithm{
    "nitro.document.algorithm",
    "The signature is ES384.",
    "AWS 3.2.1, protected header; RFC 9053, 2.1",
    Level::Always
};
inline constexpr Rule payload{
    "nitro.document.payload",
    "Each mandatory field is there, each field once, and within its limits.",
    "AWS 3.1 and 3.2.2.1, syntactical validation",
    Level::Always
};
inline constexpr Rule certificates{
    "nitro.certificates.form",
    "Leaf and bundle are X.509 certificates in DER; the leaf has a P-384 key.",
    "AWS 3.2.2.2; RFC 5280, 4.1",
    Level::Always
};
inline constexpr Rule chain_complete{
    "nitro.chain.complete",
    "Each issuer up to the root is in the bundle.",
    "AWS 3.2.3.1, certificates chain",
    Level::Always
};
inline constexpr Rule chain_root{
    "nitro.chain.root",
    "The chain ends at the pinned root of AWS.",
    "AWS 3.2.3, root certificate",
    Level::Always
};
inline constexpr Rule chain_authority{
    "nitro.chain.authority",
    "Each issuer may sign certificates within its path length; nothing critical is unknown.",
    "AWS 3.2.3.3, basic constraints; RFC 5280, 6.1.4 (k) to (o)",
    Level::Always
};
inline constexpr Rule chain_signature{
    "nitro.chain.signature",
    "Each certificate is signed by the next.",
    "AWS 3.2.3.1; RFC 5280, 6.1.3 (a)(1)",
    Level::Always
};
inline constexpr Rule chain_validity{
    "nitro.chain.validity",
    "Each certificate is valid at the time of the appraisal.",
    "AWS 3.2.3.2, validity; RFC 5280, 6.1.3 (a)(2)",
    Level::Authentic
};
inline constexpr Rule signature{
    "nitro.document.signature",
    "The leaf's key signed header and payload exactly as they came.",
    "AWS 3.2.4; RFC 9052, 4.4",
    Level::Always
};
inline constexpr Rule time{
    "nitro.document.time",
    "The document was made while its leaf was valid, and not after the appraisal.",
    "AWS 3.1, timestamp; RFC 9334, 10",
    Level::Authentic
};
inline constexpr Rule debug{
    "nitro.enclave.debug",
    "The enclave is no debug enclave: PCR 0, 1 and 2 are not all zero.",
    "AWS Nitro Enclaves user guide, Cryptographic attestation, PCRs",
    Level::Strict
};
inline constexpr Rule report_data{
    "nitro.report-data",
    "The nonce, or without one the user data, is the single-use data that was asked for.",
    "AWS 3.1, nonce and user_data; RFC 9334, 10",
    Level::Strict
};
inline constexpr Rule measurement{
    "nitro.measurement",
    "PCR 0 is one of those expected.",
    "AWS Nitro Enclaves user guide, PCR0",
    Level::Strict
};

inline constexpr std::array all{
    &attest::rules::kind_accepted,
    &form,
    &algorithm,
    &payload,
    &certificates,
    &chain_complete,
    &chain_root,
    &chain_authority,
    &chain_signature,
    &chain_validity,
    &signature,
    &time,
    &debug,
    &report_data,
    &measurement,
    &attest::rules::endorsements_verified,
    &attest::rules::expectations_compared,
};

} // namespace attest::nitro::rules
