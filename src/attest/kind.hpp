#pragma once

// The kinds of evidence, told apart by their bytes.

#include "base/view.hpp"

#include <initializer_list>
#include <optional>
#include <span>
#include <string_view>

namespace attest {

enum class Kind : std::uint8_t {
    SnpReport,     // AMD SEV-SNP ATTESTATION_REPORT
    SgxQuote,      // Intel DCAP quote with an enclave report
    TdxQuote,      // Intel DCAP quote with a TD report
    NitroDocument, // AWS Nitro attestation document
    CcaToken,      // Arm CCA attestation token
    EnarxRequest,  // certification request of Enarx, with evidence in an extension
    NoHardware,    // of a Keep without hardware: refused (attest/none)
};

std::string_view name_of(Kind kind);

// The kinds that are appraised here. Each carries report data and a measurement: a certificate has
// neither, is public, and is therefore no evidence but an endorsement (attest/certificate).
std::span<Kind const> all_kinds();

// As users write it: snp, sgx, tdx, nitro, cca, csr, none.
std::string_view short_name_of(Kind kind);
std::optional<Kind> kind_named(std::string_view short_name);

// Those that a relying party accepts.
class Kinds {
public:
    constexpr Kinds() = default;
    constexpr Kinds(std::initializer_list<Kind> kinds) {
        for (auto const kind : kinds) add(kind);
    }
    static constexpr Kinds all() {
        Kinds out;
        out.bits_ = ~0U;
        return out;
    }
    constexpr bool contains(Kind kind) const {
        return (bits_ & 1U << static_cast<unsigned>(kind)) != 0;
    }
    constexpr void add(Kind kind) { bits_ |= 1U << static_cast<unsigned>(kind); }
    // Whether somebody chose among the kinds.
    constexpr bool named() const { return bits_ != all().bits_; }

private:
    unsigned bits_ = 0;
};

} // namespace attest
