#pragma once

// Which of Intel's documents count for a quote, and whether Intel signed them.

#include "attest/chain.hpp"
#include "attest/dcap/quote.hpp"

namespace attest::dcap {

// Null where none was given, or where Intel did not sign the one that was.
struct Documents {
    TcbInfo const* tcb_info = nullptr;
    EnclaveIdentity const* identity = nullptr;
    std::uint64_t evaluation_number = 0; // of the TCB info
    std::string tcb_info_source;
    std::string identity_source;
};

// With findings for the rules on documents. The way of each signer to its root is added to `paths`.
Documents judge_documents(
    Judge& judge,
    Request const& request,
    Tee tee,
    Pck const& pck,
    std::span<Link const> pool,
    std::vector<Path>& paths
);

} // namespace attest::dcap
