#pragma once

// What Intel's extensions say in a PCK certificate: the platform and the TCB that its key stands
// for (Intel SGX PCK Certificate and CRL Profile Specification, "SGX Extensions", OID
// 1.2.840.113741.1.13.1).

#include "base/result.hpp"
#include "base/wire.hpp"
#include "crypto/certificate.hpp"

#include <array>
#include <optional>

namespace attest::dcap {

enum class SgxType : std::uint8_t { Standard = 0, Scalable = 1, ScalableWithIntegrity = 2 };

struct Pck {
    base::Bytes<16> ppid{};
    std::array<std::uint8_t, 16> components{};
    std::uint16_t pce_svn = 0;
    base::Bytes<16> cpu_svn{};
    base::Bytes<2> pce_id{};
    base::Bytes<6> fmspc{};
    SgxType sgx_type{};
    // Of platforms with several packages; certificates of the Processor CA lack all of these.
    std::optional<base::Bytes<16>> platform_instance_id;
    std::optional<bool> dynamic_platform;
    std::optional<bool> cached_keys;
    std::optional<bool> smt_enabled;
};

// Whether it calls itself a PCK certificate at all.
bool is_pck(crypto::Certificate const& certificate);

base::Result<Pck, crypto::Malformed> parse_pck(crypto::Certificate const& certificate);

} // namespace attest::dcap
