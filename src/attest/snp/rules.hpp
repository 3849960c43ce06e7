#pragma once

// The rules for SEV-SNP reports, in the order in which they are judged.
// "ABI": SEV-SNP firmware ABI, publication 56860. "KDS": VCEK certificate and KDS interface,
// publication 57230; for the VLEK, publication 58369.

#include "attest/rule.hpp"

#include <array>

namespace attest::snp::rules {

// The report's form.
inline constexpr Rule size{
    "snp.report.size",
    "A report has 1184 bytes, and nothing follows.",
    "ABI 7.3, ATTESTATION_REPORT",
    Level::Always
};
inline constexpr Rule version{
    "snp.report.version", "The version is 2, 3 or 5.", "ABI 7.3, VERSION", Level::Always
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
    "The chain ends at a pinned root, and no given certificate poses as one.",
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

// Firmware.
inline constexpr Rule tcb_reported{
    "snp.tcb.reported",
    "REPORTED_TCB is at or above the product's floor.",
    "ABI 7.3, REPORTED_TCB; ABI 2.2",
    Level::Strict
};
inline constexpr Rule tcb_committed{
    "snp.tcb.committed",
    "COMMITTED_TCB is at or above the product's floor.",
    "ABI 7.3, COMMITTED_TCB",
    Level::Strict
};
inline constexpr Rule tcb_launch{
    "snp.tcb.launch",
    "LAUNCH_TCB is at or above the product's floor.",
    "ABI 7.3, LAUNCH_TCB",
    Level::Strict
};
inline constexpr Rule tcb_current{
    "snp.tcb.current",
    "CURRENT_TCB is at or above the product's floor.",
    "ABI 7.3, CURRENT_TCB",
    Level::Strict
};
inline constexpr Rule tcb_order{
    "snp.tcb.order",
    "COMMITTED_TCB, REPORTED_TCB and LAUNCH_TCB are not above CURRENT_TCB, nor the committed "
    "version above the current one.",
    "ABI 2.2; ABI 7.3",
    Level::Strict
};

// What the guest's owner allowed.
inline constexpr Rule policy_debug{
    "snp.policy.debug",
    "The host may not debug the guest: DEBUG is 0.",
    "ABI 4.3, bit 19",
    Level::Strict
};
inline constexpr Rule policy_migration{
    "snp.policy.migration",
    "No migration agent may take the guest along: MIGRATE_MA is 0.",
    "ABI 4.3, bit 18",
    Level::Strict
};
inline constexpr Rule policy_form{
    "snp.policy.form",
    "Bit 17 is one, bits 63 to 26 are zero.",
    "ABI 4.3, bits 17 and 63:26",
    Level::Strict
};
inline constexpr Rule policy_abi{
    "snp.policy.abi",
    "The firmware's version is at or above the one that the policy asks for.",
    "ABI 4.3, ABI_MAJOR and ABI_MINOR; ABI 7.3, CURRENT_MAJOR and CURRENT_MINOR",
    Level::Strict
};
inline constexpr Rule policy_smt{
    "snp.policy.smt",
    "The guest does not run where SMT is on: SMT is 0.",
    "ABI 4.3, bit 16",
    Level::Asked
};
inline constexpr Rule policy_single_socket{
    "snp.policy.single-socket",
    "The guest runs on one socket only: SINGLE_SOCKET is 1.",
    "ABI 4.3, bit 20",
    Level::Asked
};
inline constexpr Rule policy_cxl{
    "snp.policy.cxl", "No CXL memory or devices: CXL_ALLOW is 0.", "ABI 4.3, bit 21", Level::Asked
};
inline constexpr Rule policy_aes_256_xts{
    "snp.policy.aes-256-xts",
    "Memory is encrypted with AES 256 XTS: MEM_AES_256_XTS is 1.",
    "ABI 4.3, bit 22",
    Level::Asked
};
inline constexpr Rule policy_rapl{
    "snp.policy.rapl", "Power measurement is off: RAPL_DIS is 1.", "ABI 4.3, bit 23", Level::Asked
};
inline constexpr Rule policy_ciphertext_hiding{
    "snp.policy.ciphertext-hiding",
    "The guest asks for ciphertext hiding: CIPHERTEXT_HIDING_DRAM is 1.",
    "ABI 4.3, bit 24",
    Level::Asked
};
inline constexpr Rule policy_page_swap{
    "snp.policy.page-swap",
    "The host may not swap or move pages: PAGE_SWAP_DISABLE is 1.",
    "ABI 4.3, bit 25",
    Level::Asked
};

// How the platform is set up.
inline constexpr Rule platform_smt{
    "snp.platform.smt", "SMT is off: SMT_EN is 0.", "ABI 7.3, PLATFORM_INFO bit 0", Level::Asked
};
inline constexpr Rule platform_tsme{
    "snp.platform.tsme", "TSME is on: TSME_EN is 1.", "ABI 7.3, PLATFORM_INFO bit 1", Level::Asked
};
inline constexpr Rule platform_ecc{
    "snp.platform.ecc",
    "Memory has error correction: ECC_EN is 1.",
    "ABI 7.3, PLATFORM_INFO bit 2",
    Level::Asked
};
inline constexpr Rule platform_rapl{
    "snp.platform.rapl",
    "Power measurement is off: RAPL_DIS is 1.",
    "ABI 7.3, PLATFORM_INFO bit 3",
    Level::Asked
};
inline constexpr Rule platform_ciphertext_hiding{
    "snp.platform.ciphertext-hiding",
    "Ciphertext is hidden from the host: CIPHERTEXT_HIDING_DRAM_EN is 1.",
    "ABI 7.3, PLATFORM_INFO bit 4",
    Level::Asked
};
inline constexpr Rule platform_alias_check{
    "snp.platform.alias-check",
    "Memory was checked for aliases since the last reset: ALIAS_CHECK_COMPLETE is 1.",
    "ABI 7.3, PLATFORM_INFO bit 5; AMD-SB-3015",
    Level::Asked
};

// Who the guest is.
inline constexpr Rule vmpl{
    "snp.vmpl",
    "The report was asked for at VMPL 0, or at most at the level that the policy allows.",
    "ABI 7.3, VMPL",
    Level::Strict
};
inline constexpr Rule report_data{
    "snp.report-data",
    "REPORT_DATA is what the relying party expects, followed by zeros.",
    "ABI 7.3, REPORT_DATA",
    Level::Strict
};
inline constexpr Rule measurement{
    "snp.measurement",
    "MEASUREMENT is one that the relying party expects.",
    "ABI 7.3, MEASUREMENT",
    Level::Strict
};
inline constexpr Rule guest_svn{
    "snp.guest-svn", "GUEST_SVN is at or above the policy's.", "ABI 7.3, GUEST_SVN", Level::Asked
};
inline constexpr Rule family_id{
    "snp.family-id", "FAMILY_ID is the policy's.", "ABI 7.3, FAMILY_ID", Level::Asked
};
inline constexpr Rule image_id{
    "snp.image-id", "IMAGE_ID is the policy's.", "ABI 7.3, IMAGE_ID", Level::Asked
};
inline constexpr Rule host_data{
    "snp.host-data", "HOST_DATA is the policy's.", "ABI 7.3, HOST_DATA", Level::Asked
};
inline constexpr Rule id_key{
    "snp.id-key", "ID_KEY_DIGEST is on the policy's list.", "ABI 7.3, ID_KEY_DIGEST", Level::Asked
};
inline constexpr Rule author_key{
    "snp.author-key",
    "AUTHOR_KEY_EN is 1 and AUTHOR_KEY_DIGEST is on the policy's list.",
    "ABI 7.3, AUTHOR_KEY_DIGEST",
    Level::Asked
};
inline constexpr Rule chip_id{
    "snp.chip-id", "CHIP_ID is on the policy's list.", "ABI 7.3, CHIP_ID", Level::Asked
};
inline constexpr Rule csp{
    "snp.csp", "The VLEK's CSP_ID is on the policy's list.", "KDS (VLEK) 3.1, CSP_ID", Level::Asked
};

inline constexpr std::array all{
    &size,
    &version,
    &signature_algorithm,
    &mask_chip_key,
    &signing_key,
    &signature_padding,
    &product,
    &reserved,
    &leaf_present,
    &leaf_profile,
    &leaf_issuer,
    &chain_complete,
    &chain_root,
    &chain_authority,
    &chain_signature,
    &chain_validity,
    &leaf_tcb,
    &leaf_hwid,
    &leaf_csp,
    &signature,
    &crl_present,
    &crl_signature,
    &crl_fresh,
    &crl_clean,
    &tcb_reported,
    &tcb_committed,
    &tcb_launch,
    &tcb_current,
    &tcb_order,
    &policy_debug,
    &policy_migration,
    &policy_form,
    &policy_abi,
    &policy_smt,
    &policy_single_socket,
    &policy_cxl,
    &policy_aes_256_xts,
    &policy_rapl,
    &policy_ciphertext_hiding,
    &policy_page_swap,
    &platform_smt,
    &platform_tsme,
    &platform_ecc,
    &platform_rapl,
    &platform_ciphertext_hiding,
    &platform_alias_check,
    &vmpl,
    &report_data,
    &measurement,
    &guest_svn,
    &family_id,
    &image_id,
    &host_data,
    &id_key,
    &author_key,
    &chip_id,
    &csp,
};

inline constexpr Rule certificate_form{
    "snp.certificate.form",
    "It is an X.509 certificate of version 3 in DER, and nothing follows.",
    "RFC 5280, 4.1",
    Level::Always
};

// Those that apply to a certificate of AMD without a report.
inline constexpr std::array certificate{
    &certificate_form,
    &chain_complete,
    &chain_root,
    &chain_authority,
    &chain_signature,
    &chain_validity,
    &crl_present,
    &crl_signature,
    &crl_fresh,
    &crl_clean,
};

} // namespace attest::snp::rules
