#pragma once

// The rules on what an SEV-SNP report says: of firmware, platform and guest.
// "ABI": SEV-SNP firmware ABI, publication 56860. "KDS": VCEK certificate and KDS interface,
// publication 57230; for the VLEK, publication 58369.

#include "attest/rule.hpp"

namespace attest::snp::rules {

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

} // namespace attest::snp::rules
