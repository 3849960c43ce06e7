#pragma once

// The kinds of evidence, told apart by their bytes.

#include "base/view.hpp"

#include <optional>
#include <string_view>

namespace attest {

enum class Kind : std::uint8_t {
    SnpReport,      // AMD SEV-SNP ATTESTATION_REPORT
    SgxQuote,       // Intel DCAP quote with an enclave report
    TdxQuote,       // Intel DCAP quote with a TD report
    NitroDocument,  // AWS Nitro attestation document
    CcaToken,       // Arm CCA attestation token
    EnarxRequest,   // certification request of Enarx, with evidence in an extension
    AmdCertificate, // an endorsement alone: does it chain to AMD, and is it revoked?
    NoHardware,     // of a Keep without hardware: refused (attest/none)
};

std::string_view name_of(Kind kind);

} // namespace attest
