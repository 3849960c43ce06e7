#pragma once

// Which levels of Intel's documents a platform reaches (PCS API, "Get TCB Info", TCB level
// comparison).

#include "attest/dcap/collateral.hpp"
#include "attest/dcap/pck.hpp"

#include <span>

namespace attest::dcap {

// The first level that the PCK's TCB reaches; with `tee_tcb_svn`, the first that this reaches too.
TcbLevel const* find_level(TcbInfo const& info, Pck const& pck, Svns const* tee_tcb_svn);

ModuleIdentity const* find_module(TcbInfo const& info, std::uint8_t version);

IsvLevel const* find_isv_level(std::span<IsvLevel const> levels, std::uint16_t isv_svn);

// What is known of a TD of TDX 1.5 once its levels are found.
struct Launched {
    TcbStatus sgx{};    // of the first level that the PCK's TCB alone reaches
    TcbStatus status{}; // of platform and module together
    TcbStatus module{};
    TcbStatus quoting_enclave{};
    Svns current{}; // TEE_TCB_SVN_2
};

// TDRelaunchAdvised, with or without ConfigurationNeeded, where the module was outdated when the TD
// started and has been brought up to date under it; `status` elsewhere.
TcbStatus relaunch(TcbInfo const& info, Launched const& launched);

} // namespace attest::dcap
