// The model's platform: who it is (chip, TCB), and the keys that sign for it. Its root is the
// model's own: made when the model is built, in a folder that anybody can read. Nothing that it
// signs proves anything to somebody who has not chosen that root.
#pragma once
#include "base/conditions.hpp"
#include "firmware/crypto.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace model::firmware {

/// TCB_VERSION of Milan and Genoa (56860, table 3).
struct Tcb {
    std::uint8_t boot_loader;
    std::uint8_t tee;
    std::array<std::uint8_t, 4> reserved;
    std::uint8_t snp;
    std::uint8_t microcode;
};
static_assert(sizeof(Tcb) == 8);

/// The VCEK is for this one, whatever TEE_MODEL_HOST says.
constexpr Tcb certified_tcb{
    .boot_loader = 4, .tee = 0, .reserved = {}, .snp = 23, .microcode = 213
};
inline Tcb current_tcb() {
    auto result = certified_tcb;
    result.snp = static_cast<std::uint8_t>(Conditions::own().number("tcb", result.snp));
    return result;
}
inline std::uint16_t api_version() {
    return static_cast<std::uint16_t>(Conditions::own().number("firmware", 0x0137)); // 1.55
}
inline std::uint8_t api_major() { return static_cast<std::uint8_t>(api_version() >> 8); }
inline std::uint8_t api_minor() { return static_cast<std::uint8_t>(api_version()); }
constexpr std::uint8_t build_number = 21;
/// What a nominal frequency is above the mean, in parts of 100000 (TSC_FACTOR): spread spectrum.
constexpr std::uint32_t tsc_factor = 200;
/// In MHz: what GUEST_TSC_FREQ says of a counter that makes so many kHz.
constexpr std::uint64_t nominal_mhz(std::uint64_t khz) {
    constexpr std::uint64_t whole = 100'000;
    return (khz * whole / (whole - tsc_factor) + 500) / 1000;
}
/// Bit 0: threads share cores. No more is said.
inline std::uint64_t platform_info() { return Conditions::own().has("smt") ? 1 : 0; }

class Platform {
public:
    /// The one of this program, from the folder of keys beside it. Without keys its reports are not
    /// signed.
    static Platform& own();
    /// Makes ARK, ASK and VCEK, ASVK and VLEK, with certificates, in this folder; false: it cannot
    /// be written.
    static bool make_keys(std::string const& folder);

    std::array<std::byte, 64> const& chip_id() const { return chip_id_; }
    /// Whether its provider has loaded a VLEK.
    static bool has_vlek() { return Conditions::own().has("vlek"); }
    /// By the VLEK, or by the VCEK. All zeros where there is no key.
    Signature sign(std::span<std::byte const> report, bool by_vlek) const;
    /// From which guests' keys are derived.
    Key256 const& secret() const { return secret_; }

private:
    Platform();
    std::array<std::byte, 64> chip_id_{};
    Key256 secret_{};
    std::shared_ptr<evp_pkey_st> vcek_;
    std::shared_ptr<evp_pkey_st> vlek_;
};

} // namespace model::firmware
