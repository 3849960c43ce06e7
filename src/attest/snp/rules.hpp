#pragma once

// All rules for SEV-SNP reports, in the order in which they are judged.

#include "attest/common_rules.hpp"
#include "attest/snp/form_rules.hpp"
#include "attest/snp/guest_rules.hpp"

#include <array>

namespace attest::snp::rules {

inline constexpr std::array all{
    &attest::rules::kind_accepted,
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
    &attest::rules::endorsements_verified,
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
    &attest::rules::expectations_compared,
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
    &attest::rules::endorsements_verified,
    &attest::rules::expectations_compared,
};

} // namespace attest::snp::rules
