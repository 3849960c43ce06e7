#pragma once

// An Intel of our own: root, PCK, signing certificate, lists, documents and a quote, of which a
// test breaks one part.

#include "attest/testing/appraise.hpp"
#include "forge.hpp"
#include "hw/quote/quote.hpp"
#include "hw/tdx/report.hpp"

namespace forged {

// What a level of TCB info or of an identity says.
struct Level {
    std::uint8_t svn = 5;
    std::string status = "UpToDate";
    std::string advisories = "[]";
};

struct Document {
    Time issued;
    Time next_update;
    unsigned evaluation_number = 17;
    std::vector<Level> levels{{}};
    bool present = true;
    bool by_stranger = false;
};

// The TDX module as TCB info has it.
struct Module {
    std::uint8_t version = 3; // TDX_03
    std::vector<Level> levels{{}};
    std::string mr_signer = std::string(96, '0');
};

// What makes a quote one of TDX.
struct Domain {
    hw::tdx::ReportBody body{};
    std::optional<hw::tdx::ReportBody15Tail> tail = {}; // version 5 only
    Module module;
};

struct Intel {
    // A quote of SGX, version 3, all of it good under `strict`; what is signed is signed by run().
    static Intel good(Time at = usual_time);
    // The same of TDX: version 4, or 5 with the body of TDX 1.5.
    static Intel good_domain(std::uint16_t version, Time at = usual_time);

    attest::Appraisal run() const;
    Bytes root_certificate() const; // DER
    Bytes signed_quote() const;
    std::vector<Bytes> endorsement_files() const;

    CertificateForm root, platform_ca, pck, signing;
    std::uint8_t cpu_svn = 5; // all sixteen components of the PCK
    std::uint16_t pce_svn = 11;
    bool sgx_extensions = true;
    std::optional<unsigned> platform_flags = {};    // bits: dynamic, cached keys, SMT
    bool with_platform_ca = true, with_root = true; // in the quote
    // Whether the signer of documents descends from a root of a stranger, and that root is there.
    bool signing_below_other_root = false, with_other_root = false;
    ListForm root_list, platform_list;
    bool with_root_list = true, with_platform_list = true;
    Document tcb_info, identity;
    std::string fmspc = "00906ED50000"; // of the TCB info
    hw::quote::Header header{};
    hw::sgx::ReportBody enclave{}, quoting_enclave{};
    std::optional<Domain> domain;
    Bytes authentication = Bytes(32, std::byte{0xa0});
    Bytes padding;
    bool pin_root = true;
    attest::Purposes pinned_for{attest::Purpose::Intel};
    bool pck_by_stranger = false, platform_by_stranger = false, signing_by_stranger = false;
    bool root_list_by_stranger = false, platform_list_by_stranger = false;
    bool enclave_by_stranger = false, quoting_enclave_by_stranger = false;
    bool bind_attestation_key = true;

    attest::Policy policy = attest::Policy::strict();
    attest::Expected expected = attest::testing::unbound();
    Time at;
};

} // namespace forged
