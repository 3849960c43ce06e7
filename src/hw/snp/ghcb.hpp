#pragma once

// GHCB: the page by which a guest asks its host, and the MSR that names it. AMD 56421, SEV-ES
// guest-hypervisor communication block standardization, version 2.

#include <array>
#include <cstddef>
#include <cstdint>

namespace hw::snp {

// A field of 8 bytes that the page says itself to be set, by a bit of `valid`. Table 4.
struct GhcbPage {
    std::array<std::byte, 0x1f8> reserved_000;
    std::uint64_t rax; // 0x1f8
    std::array<std::byte, 0x190> reserved_200;
    std::uint64_t exit_code;  // 0x390
    std::uint64_t exit_info1; // 0x398
    std::uint64_t exit_info2; // 0x3a0
    std::array<std::byte, 0x48> reserved_3a8;
    std::uint64_t valid[2]; // 0x3f0  NOLINT(*-avoid-c-arrays): its words are read as volatile
    std::array<std::byte, 0xbfa> reserved_400;
    std::uint16_t version; // 0xffa
    std::uint32_t usage;   // 0xffc
};
static_assert(sizeof(GhcbPage) == 0x1000);
static_assert(offsetof(GhcbPage, rax) == 0x1f8 && offsetof(GhcbPage, exit_code) == 0x390);
static_assert(offsetof(GhcbPage, exit_info1) == 0x398 && offsetof(GhcbPage, exit_info2) == 0x3a0);
static_assert(offsetof(GhcbPage, valid) == 0x3f0 && offsetof(GhcbPage, version) == 0xffa);
static_assert(offsetof(GhcbPage, usage) == 0xffc);

inline constexpr std::uint16_t ghcb_version = 2;

// The bit of `valid` that stands for the field at that offset: 64 in each word.
struct ValidBit {
    std::size_t word;
    std::uint64_t bit;
};
constexpr ValidBit valid_bit(std::size_t offset) {
    return {.word = offset / 8 / 64, .bit = std::uint64_t{1} << offset / 8 % 64};
}

// 4.1: events, by their number in exit_code.
enum class GhcbEvent : std::uint64_t {
    Port = 0x7b, // exit_info1: the intercept's of APM volume 2, 15.10.2
    GuestRequest = 0x8000'0011,
};
// 15.10.2: an OUT of four bytes.
constexpr std::uint64_t port_out_4(std::uint16_t port) {
    return std::uint64_t{port} << 16 | 1U << 6 | 1U << 9; // its size, 64-bit addresses
}

// 2.3.1: the MSR protocol, and APM volume 2, 15.34.10: what the guest is.
inline constexpr std::uint32_t ghcb_msr = 0xc001'0130;
inline constexpr std::uint32_t status_msr = 0xc001'0131;
inline constexpr std::uint64_t status_secure_tsc = 1 << 11;
// Of a guest with Secure TSC: what its counter makes in a second, in MHz; not intercepted.
inline constexpr std::uint32_t guest_tsc_frequency_msr = 0xc001'0134;

namespace msr {
inline constexpr std::uint64_t code_mask = 0xfff;
inline constexpr std::uint64_t information = 0x001; // an answer
inline constexpr std::uint64_t ask_information = 0x002;
inline constexpr std::uint64_t ask_registration = 0x012;
inline constexpr std::uint64_t registration = 0x013;
inline constexpr std::uint64_t ask_features = 0x080;
inline constexpr std::uint64_t features = 0x081;
inline constexpr std::uint64_t terminate = 0x100;
} // namespace msr

} // namespace hw::snp
