#pragma once

// The rules on the form of an SEV-SNP report, on the key that signed it, and on revocation.
// "ABI": SEV-SNP firmware ABI, publication 56860. "KDS": VCEK certificate and KDS interface,
// publication 57230; for the VLEK, publication 58369.

#include "attest/rule.hpp"

namespace attest::snp::rules {

// The report's form.
inline constexpr Rule size{
    "snp.report.size",
    "A report has 1184 bytes, and nothing follows.",
    "ABI 7.3, ATTESTATION_REPORT",
    Level::Always
};
inline constexpr Rule version{
    "snp.report.version", "The version is 2, 3, 4 or 5.", "ABI 7.3, VERSION", Level::Always
};
inline constexpr Rule signature_algorithm{
    "snp.report.signature-algorithm",
    "The signature is ECDSA P-384 with SHA-384.",
    "ABI 7.3, SIGNATURE_ALGO; ABI 10",
    Level::Always
};
inline constexpr Rule mask_chip_key{
    "snp.report.mask-chip-key",
    "The host did not forbid signing: MASK_CHIP_KEY is 0.",
    "ABI 7.3, MASK_CHIP_KEY",
    Level::Always
};
inline constexpr Rule signing_key{
    "snp.report.signing-key",
    "The signing key is a VCEK or a VLEK.",
    "ABI 7.3, SIGNING_KEY",
    Level::Always
};
inline constexpr Rule signature_padding{
    "snp.report.signature-padding",
    "R and S are 48 bytes padded with zeros to 72, and zeros follow.",
    "ABI 10, ECDSA P-384 with SHA-384",
    Level::Always
};
inline constexpr Rule product{
    "snp.report.product",
    "The processor is one of Milan, Genoa or Turin, and the leaf is of the same product.",
    "ABI 7.3, CPUID_FAM_ID and CPUID_MOD_ID; KDS 3.1, productName",
    Level::Always
};
inline constexpr Rule reserved{
    "snp.report.reserved",
    "Reserved bytes, bits and patch levels are zero.",
    "ABI 7.3, reserved fields; ABI 2.2",
    Level::Strict
};

// The leaf and its chain.
inline constexpr Rule leaf_present{
    "snp.leaf.present",
    "There is a certificate of the kind of key that signed.",
    "KDS 2; ABI 7.3, SIGNING_KEY",
    Level::Always
};
inline constexpr Rule leaf_profile{
    "snp.leaf.profile",
    "The leaf names itself SEV-VCEK or SEV-VLEK, has a P-384 key and all of AMD's extensions.",
    "KDS 3.1",
    Level::Always
};
inline constexpr Rule leaf_issuer{
    "snp.leaf.issuer",
    "A VCEK is issued by SEV-<product>, a VLEK by SEV-VLEK-<product>, below ARK-<product>.",
    "KDS 2.2",
    Level::Always
};
inline constexpr Rule chain_complete{
    "snp.chain.complete",
    "Each issuer up to the root is there.",
    "KDS 2.2; RFC 5280, 6.1",
    Level::Always
};
inline constexpr Rule chain_root{
    "snp.chain.root",
    "The chain ends at a pinned root.",
    "KDS 2.2; RFC 5280, 6.1.1 (d)",
    Level::Always
};
inline constexpr Rule chain_authority{
    "snp.chain.authority",
    "Each issuer may sign certificates within its path length; nothing critical is unknown.",
    "RFC 5280, 6.1.4 (k) to (o)",
    Level::Always
};
inline constexpr Rule chain_signature{
    "snp.chain.signature",
    "Each certificate is signed by the next.",
    "RFC 5280, 6.1.3 (a)(1)",
    Level::Always
};
inline constexpr Rule chain_validity{
    "snp.chain.validity",
    "Each certificate is valid at the time of the appraisal.",
    "RFC 5280, 6.1.3 (a)(2)",
    Level::Authentic
};
inline constexpr Rule leaf_tcb{
    "snp.leaf.tcb",
    "The TCB in the leaf is the REPORTED_TCB.",
    "KDS 3.1, SPL extensions; ABI 7.3, REPORTED_TCB",
    Level::Authentic
};
inline constexpr Rule leaf_hwid{
    "snp.leaf.hwid",
    "The HWID of a VCEK is the CHIP_ID: 64 bytes, on Turin 8 bytes followed by zeros.",
    "KDS 3.1, HWID; ABI 7.3, CHIP_ID",
    Level::Authentic
};
inline constexpr Rule leaf_csp{
    "snp.leaf.csp-id",
    "A VLEK names its cloud service provider.",
    "KDS (VLEK) 3.1, CSP_ID",
    Level::Authentic
};
inline constexpr Rule signature{
    "snp.report.signature",
    "The leaf's key signed the first 672 bytes exactly as they came.",
    "ABI 7.3, SIGNATURE; ABI 10",
    Level::Always
};

// Revocation.
inline constexpr Rule crl_present{
    "snp.crl.present", "There is the list of the ARK.", "KDS 4.3; RFC 5280, 6.3", Level::Strict
};
inline constexpr Rule crl_signature{
    "snp.crl.signature",
    "The list is signed by the ARK.",
    "RFC 5280, 6.3.3 (f) and (g)",
    Level::Authentic
};
inline constexpr Rule crl_fresh{
    "snp.crl.fresh",
    "The time lies between thisUpdate and nextUpdate of the list.",
    "RFC 5280, 6.3.3 (a)",
    Level::Strict
};
inline constexpr Rule crl_clean{
    "snp.crl.clean", "The ASK or ASVK is not revoked.", "RFC 5280, 6.3.3 (i)", Level::Authentic
};

inline constexpr Rule certificate_form{
    "snp.certificate.form",
    "It is an X.509 certificate of version 3 in DER, and nothing follows.",
    "RFC 5280, 4.1",
    Level::Always
};

} // namespace attest::snp::rules
