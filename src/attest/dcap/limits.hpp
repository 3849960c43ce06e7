#pragma once

// What a relying party may ask of SGX and TDX quotes beyond the rules that need no value.

#include "attest/dcap/tcb_status.hpp"
#include "base/wire.hpp"

#include <optional>
#include <string>
#include <vector>

namespace attest::dcap {

// Of an enclave. Each value or list that is set turns its rule on; an empty list allows nothing.
struct SgxLimits {
    std::optional<std::vector<base::Bytes<32>>> mr_signers;
    std::optional<std::uint16_t> isv_prod_id;
    std::optional<std::uint16_t> isv_svn; // the least
    std::optional<base::Bytes<16>> isv_ext_prod_id;
    std::optional<base::Bytes<16>> isv_family_id;
    std::optional<base::Bytes<64>> config_id;
    std::optional<std::uint16_t> config_svn;  // the least
    std::optional<std::uint64_t> xfrm;        // the features that may be enabled
    std::optional<std::uint32_t> misc_select; // the bits that may be set

    friend bool operator==(SgxLimits const&, SgxLimits const&) = default;
};

// Of a trust domain.
struct TdxLimits {
    std::optional<base::Bytes<48>> mr_config_id;
    std::optional<base::Bytes<48>> mr_owner;
    std::optional<base::Bytes<48>> mr_owner_config;
    std::array<std::optional<base::Bytes<48>>, 4> rtmr;
    std::optional<std::vector<base::Bytes<48>>> mr_seams;
    std::optional<std::vector<base::Bytes<48>>> mr_service_tds;
    std::optional<std::uint64_t> xfam; // the features that may be enabled

    friend bool operator==(TdxLimits const&, TdxLimits const&) = default;
};

struct Limits {
    // The states of a platform that `strict` accepts.
    std::vector<TcbStatus> statuses{TcbStatus::UpToDate};
    std::optional<std::vector<std::string>> advisories; // those that may be open
    std::optional<std::uint64_t> evaluation_number;     // the least
    std::optional<std::vector<base::Bytes<6>>> fmspcs;
    std::optional<std::vector<base::Bytes<16>>> ppids;
    SgxLimits sgx;
    TdxLimits tdx;

    friend bool operator==(Limits const&, Limits const&) = default;
};

} // namespace attest::dcap
