#pragma once

// Intel's signed JSON: TCB info, versions 2 and 3, and the identity of quoting enclaves, version 2
// (Intel SGX and TDX Provisioning Certification Service API, "Get TCB Info", "Get Quoting Enclave
// Identity").

#include "attest/dcap/tcb_status.hpp"
#include "attest/json/tree.hpp"
#include "base/view.hpp"
#include "base/wire.hpp"
#include "crypto/certificate.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace attest::dcap {

enum class Tee : std::uint8_t { Sgx, Tdx };

using Svns = std::array<std::uint8_t, 16>;

// What one level of any list says of those who reach it.
struct Standing {
    TcbStatus status{};
    std::chrono::sys_seconds date;
    std::vector<std::string> advisories;
};

struct TcbLevel {
    Svns sgx{};
    std::uint16_t pce_svn = 0;
    Svns tdx{}; // of TDX only
    Standing standing;
};

// Of a quoting enclave or a TDX module.
struct IsvLevel {
    std::uint16_t isv_svn = 0;
    Standing standing;
};

struct ModuleSigner {
    base::Bytes<48> mr_signer{};
    base::Bytes<8> attributes{};
    base::Bytes<8> attributes_mask{};
};

struct ModuleIdentity {
    std::uint8_t version = 0; // the number in TDX_01
    ModuleSigner signer;
    std::vector<IsvLevel> levels;
};

struct TcbInfo {
    std::uint64_t version = 0;
    Tee tee{};
    base::Bytes<6> fmspc{};
    base::Bytes<2> pce_id{};
    ModuleSigner module; // of TDX only
    std::vector<ModuleIdentity> modules;
    std::vector<TcbLevel> levels; // highest first
};

struct EnclaveIdentity {
    Tee tee{}; // QE or TD_QE
    base::U32 misc_select;
    base::U32 misc_select_mask;
    base::Bytes<16> attributes{};
    base::Bytes<16> attributes_mask{};
    base::Bytes<32> mr_signer{};
    std::uint16_t isv_prod_id = 0;
    std::vector<IsvLevel> levels;
};

// One document, taken apart; the signature is not yet verified.
class Collateral {
public:
    // Whether it has one of the two names at all.
    static bool recognised(json::Value document);
    // `document` is the root of a tree over `bytes`.
    static base::Result<Collateral, crypto::Malformed>
    parse(base::View bytes, json::Value document);

    base::View bytes() const { return *bytes_; }
    // The signed value exactly as it came, and its ECDSA P-256 signature.
    crypto::Signed signed_part() const {
        return {content_, crypto::SignatureAlgorithm::EcdsaSha256, *signature_};
    }
    std::chrono::sys_seconds issued() const { return issued_; }
    std::chrono::sys_seconds next_update() const { return next_update_; }
    std::uint64_t evaluation_number() const { return evaluation_number_; }
    TcbInfo const* tcb_info() const { return std::get_if<TcbInfo>(&body_); }
    EnclaveIdentity const* enclave_identity() const { return std::get_if<EnclaveIdentity>(&body_); }
    Tee tee() const;
    // Whether both speak of the same thing at the same date: then they have to be the same.
    bool same_subject(Collateral const& other) const;

private:
    Collateral() = default;

    std::shared_ptr<std::vector<std::byte> const> bytes_;     // `content_` points into it
    std::shared_ptr<std::vector<std::byte> const> signature_; // in DER
    base::View content_;
    std::chrono::sys_seconds issued_;
    std::chrono::sys_seconds next_update_;
    std::uint64_t evaluation_number_ = 0;
    std::variant<TcbInfo, EnclaveIdentity> body_;
};

} // namespace attest::dcap
