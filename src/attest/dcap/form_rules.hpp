#pragma once

// The rules on the form of a quote, on the keys that vouch for it, and on revocation.
// "QL3": Intel SGX ECDSA QuoteLibReference DCAP API. "QL4": Intel TDX DCAP Quoting Library API.
// "PCK": Intel SGX PCK Certificate and CRL Profile Specification. "SDM": Intel SDM volume 3D.

#include "attest/rule.hpp"

namespace attest::dcap::rules {

// The quote's form.
inline constexpr Rule size{
    "dcap.quote.size",
    "Every length is that of what follows, and nothing but zeros stands behind a quote of at most "
    "1 MiB.",
    "QL3 A.4; QL4 A.3, Quote Format",
    Level::Always
};
inline constexpr Rule version{
    "dcap.quote.version",
    "The version is 3, 4 or 5.",
    "QL3 A.4, Quote Header; QL4 A.3.1",
    Level::Always
};
inline constexpr Rule key_type{
    "dcap.quote.key-type",
    "The attestation key is one of ECDSA with P-256.",
    "QL3 A.4, Attestation Key Type; QL4 A.3.1",
    Level::Always
};
inline constexpr Rule tee_type{
    "dcap.quote.tee-type",
    "The quote is of SGX, or from version 4 on of TDX.",
    "QL4 A.3.1, TEE Type",
    Level::Always
};
inline constexpr Rule body_type{
    "dcap.quote.body-type",
    "Type and size in the body descriptor of version 5 fit each other and the TEE.",
    "QL4 A.4, Quote Body Descriptor",
    Level::Always
};
inline constexpr Rule vendor{
    "dcap.quote.vendor",
    "The quoting enclave's vendor is Intel.",
    "QL3 A.4, QE Vendor ID; QL4 A.3.1",
    Level::Authentic
};
inline constexpr Rule signature{
    "dcap.quote.signature",
    "The attestation key signed header, body descriptor and body exactly as they came.",
    "QL3 A.4, ECDSA 256-bit Quote Signature; QL4 A.3.7",
    Level::Always
};
inline constexpr Rule reserved{
    "dcap.quote.reserved",
    "Reserved fields of header and body are zero.",
    "QL3 A.4; QL4 A.3.1; SDM 38.15, REPORT",
    Level::Strict
};

// The quoting enclave and the certificate of the platform (PCK).
inline constexpr Rule certification_type{
    "dcap.certification.type",
    "The certification data are of a known type; from version 4 on they are of type 6 and hold the "
    "others.",
    "QL3 A.4, QE Certification Data; QL4 A.3.9",
    Level::Always
};
inline constexpr Rule certification_form{
    "dcap.certification.form",
    "The certification data hold what their type says: certificates in PEM, or the platform's "
    "identifiers.",
    "QL3 A.4, QE Certification Data",
    Level::Always
};
inline constexpr Rule certification_chain{
    "dcap.certification.chain",
    "A chain in the certification data is whole: PCK certificate, its issuer and the root, in any "
    "order.",
    "QL3 A.4, QE Certification Data, type 5",
    Level::Authentic
};
inline constexpr Rule pck_present{
    "dcap.pck.present",
    "There is one PCK certificate, in the quote or among the endorsements.",
    "QL3 A.4, QE Certification Data",
    Level::Always
};
inline constexpr Rule pck_profile{
    "dcap.pck.profile",
    "The PCK certificate has a P-256 key and all of Intel's SGX extensions, each once.",
    "PCK 1.3.5, SGX Extensions",
    Level::Always
};
inline constexpr Rule pck_issuer{
    "dcap.pck.issuer",
    "The PCK certificate is issued by the PCK Platform CA or the PCK Processor CA.",
    "PCK 1.3.3 and 1.3.4",
    Level::Always
};
inline constexpr Rule qe_signature{
    "dcap.qe.signature",
    "The PCK signed the report of the quoting enclave exactly as it came.",
    "QL3 A.4, QE Report Signature",
    Level::Always
};
inline constexpr Rule qe_binding{
    "dcap.qe.binding",
    "The report data of the quoting enclave are the SHA-256 of attestation key and authentication "
    "data, followed by zeros.",
    "QL3 A.4, QE Report",
    Level::Always
};

// The chain of the PCK certificate.
inline constexpr Rule chain_complete{
    "dcap.chain.complete",
    "Each issuer up to the root is there.",
    "PCK 1.3; RFC 5280, 6.1",
    Level::Always
};
inline constexpr Rule chain_root{
    "dcap.chain.root",
    "The chain ends at a pinned root.",
    "PCK 1.3.2; RFC 5280, 6.1.1 (d)",
    Level::Always
};
inline constexpr Rule chain_authority{
    "dcap.chain.authority",
    "Each issuer may sign certificates within its path length; nothing critical is unknown.",
    "RFC 5280, 6.1.4 (k) to (o)",
    Level::Always
};
inline constexpr Rule chain_signature{
    "dcap.chain.signature",
    "Each certificate is signed by the next.",
    "RFC 5280, 6.1.3 (a)(1)",
    Level::Always
};
inline constexpr Rule chain_validity{
    "dcap.chain.validity",
    "Each certificate is valid at the time of the appraisal.",
    "RFC 5280, 6.1.3 (a)(2)",
    Level::Authentic
};

// Revocation: of the PCK certificate, of its issuer and of the certificate that signed collateral.
inline constexpr Rule crl_present{
    "dcap.crl.present",
    "There are the lists of the PCK certificate's issuer and of the root.",
    "PCK 1.4; RFC 5280, 6.3",
    Level::Strict
};
inline constexpr Rule crl_signature{
    "dcap.crl.signature",
    "Each list is signed by its issuer.",
    "RFC 5280, 6.3.3 (f) and (g)",
    Level::Authentic
};
inline constexpr Rule crl_fresh{
    "dcap.crl.fresh",
    "The time lies between thisUpdate and nextUpdate of each list.",
    "RFC 5280, 6.3.3 (a)",
    Level::Strict
};
inline constexpr Rule crl_clean{
    "dcap.crl.clean",
    "No certificate of the chains is revoked.",
    "RFC 5280, 6.3.3 (i)",
    Level::Authentic
};

} // namespace attest::dcap::rules
