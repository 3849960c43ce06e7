#pragma once

// How fast the counter of a guest with Secure TSC goes.

#include <cstdint>

namespace shim::snp {

// AMD64 APM volume 2, 15.36.18: bits 17:0 of GUEST_TSC_FREQ are MHz, of the nominal frequency;
// SEV-SNP firmware ABI 1.58, 8.17.2.5: the mean is less by TSC_FACTOR hundred thousandths. 0: none.
constexpr std::uint64_t mean_khz(std::uint64_t frequency_msr, std::uint32_t factor) {
    constexpr std::uint64_t whole = 100'000;
    if (factor >= whole) return 0;
    return (frequency_msr & 0x3'ffff) * 1000 * (whole - factor) / whole;
}

} // namespace shim::snp
