#pragma once

// All rules for SGX and TDX quotes, in the order in which they are judged.

#include "attest/common_rules.hpp"
#include "attest/dcap/collateral_rules.hpp"
#include "attest/dcap/form_rules.hpp"
#include "attest/dcap/sgx_rules.hpp"
#include "attest/dcap/tdx_rules.hpp"

#include <algorithm>
#include <array>

namespace attest::dcap::rules {

// Those that both have.
inline constexpr std::array common{
    &attest::rules::kind_accepted,
    &size,
    &version,
    &key_type,
    &tee_type,
    &body_type,
    &vendor,
    &signature,
    &reserved,
    &certification_type,
    &certification_form,
    &certification_chain,
    &pck_present,
    &pck_profile,
    &pck_issuer,
    &qe_signature,
    &qe_binding,
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
    &signing_complete,
    &signing_root,
    &signing_authority,
    &signing_signature,
    &signing_validity,
    &collateral_signature,
    &collateral_issued,
    &collateral_fresh,
    &qe_identity_present,
    &qe_signer,
    &qe_attributes,
    &qe_level,
    &tcb_info_present,
    &tcb_level,
    &tcb_revoked,
    &tcb_status,
    &tcb_advisories,
    &tcb_evaluation,
    &fmspc,
    &ppid,
    &dynamic_platform,
    &cached_keys,
    &smt,
};

template <std::size_t N> consteval auto common_and(std::array<Rule const*, N> const& more) {
    std::array<Rule const*, common.size() + N> out{};
    std::ranges::copy(more, std::ranges::copy(common, out.begin()).out);
    return out;
}

inline constexpr auto all_sgx = common_and(
    std::array{
        &sgx::debug,
        &sgx::mode64,
        &sgx::init,
        &sgx::provision_key,
        &sgx::einittoken_key,
        &sgx::aex_notify,
        &sgx::xfrm,
        &sgx::misc_select,
        &sgx::report_data,
        &sgx::measurement,
        &sgx::mr_signer,
        &sgx::isv_prod_id,
        &sgx::isv_svn,
        &sgx::isv_ext_prod_id,
        &sgx::isv_family_id,
        &sgx::config_id,
        &sgx::config_svn,
    }
);

inline constexpr auto all_tdx = common_and(
    std::array{
        &tdx::module_signer,
        &tdx::module_level,
        &tdx::debug,
        &tdx::attributes_reserved,
        &tdx::sept_ve_disable,
        &tdx::migratable,
        &tdx::pks,
        &tdx::kl,
        &tdx::perfmon,
        &tdx::xfam,
        &tdx::report_data,
        &tdx::measurement,
        &tdx::rtmr0,
        &tdx::rtmr1,
        &tdx::rtmr2,
        &tdx::rtmr3,
        &tdx::mr_config_id,
        &tdx::mr_owner,
        &tdx::mr_owner_config,
        &tdx::mr_seam,
        &tdx::mr_service_td,
    }
);

} // namespace attest::dcap::rules
