// See processor.hpp.
#include "engine/processor.hpp"

#include "engine/cpu.hpp"

namespace model::engine {

namespace {

constexpr std::uint32_t signature = (family - 0xf) << 20 | (model_number >> 4) << 16 | 0xfU << 8 |
                                    (model_number & 0xf) << 4 | stepping;
constexpr std::uint32_t apic = 1U << 9;      // 1 EDX
constexpr std::uint32_t x2apic = 1U << 21;   // 1 ECX
constexpr std::uint32_t deadline = 1U << 24; // 1 ECX
constexpr std::uint32_t sev = 1U << 0 | 1U << 1 | 1U << 3 | 1U << 4 |
                              1U << 10; // 8000_001F EAX: SME, SEV, SEV-ES, SNP, coherent caches
constexpr std::uint32_t reduced_bits = 1;
constexpr std::uint32_t most_guests = 509; // with encrypted memory
constexpr std::uint32_t first_without_state = 100;

} // namespace

std::array<std::uint32_t, 4> processor_cpuid(std::uint32_t leaf, std::uint32_t sub_leaf) {
    auto own = own_cpuid(leaf, sub_leaf);
    switch (leaf) {
    case 1:
        own[0] = signature;
        own[1] = (own[1] & 0x0000'ffff) | 1U << 16;
        own[2] |= x2apic | deadline;
        own[3] |= apic;
        break;
    case 0x8000'0000:
        own[0] = 0x8000'001f;
        break;
    case 0x8000'0001:
        own[0] = signature;
        break;
    case 0x8000'0008:
        own[0] = 0x3000 | (c_bit + 1); // 48 bits linear; 52 physical, of which encryption takes one
        own[1] = 0;
        own[2] = 0;
        break;
    case 0x8000'001f:
        own = {sev, c_bit | reduced_bits << 6, most_guests, first_without_state};
        break;
    default:
        break;
    }
    return own;
}

} // namespace model::engine
