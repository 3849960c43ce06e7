#pragma once

// What an accepted quote says.

#include "attest/dcap/collateral.hpp"
#include "attest/dcap/pck.hpp"
#include "hw/quote/quote.hpp"
#include "hw/tdx/report.hpp"

#include <optional>

namespace attest::dcap {

struct TdBody {
    hw::tdx::ReportBody report;
    std::optional<hw::tdx::ReportBody15Tail> tail; // TDX 1.5
};

using Body = std::variant<hw::sgx::ReportBody, TdBody>;

// What Intel's documents say of the platform; nothing where none of them was given.
struct Tcb {
    std::optional<TcbStatus> status; // of all parts together
    std::optional<Standing> platform;
    std::optional<Standing> module;
    std::optional<Standing> quoting_enclave;
    std::optional<std::uint64_t> evaluation_number; // of the TCB info
};

struct Claims {
    hw::quote::Header header;
    Body body;
    hw::sgx::ReportBody quoting_enclave;
    Pck pck;
    Tcb tcb;
};

} // namespace attest::dcap
