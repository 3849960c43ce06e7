// What the firmware does with a CPUID page (AMD 56860, 8.17.2.6): it may hide features of the
// processor, and not invent any.
#include "base/bytes.hpp"
#include "base/conditions.hpp"
#include "base/rules.hpp"
#include "engine/processor.hpp"
#include "firmware/guest_context.hpp"

#include <algorithm>
#include <array>

namespace model::firmware {

namespace {

struct Function {
    std::uint32_t eax_in;
    std::uint32_t ecx_in;
    std::uint64_t xcr0_in;
    std::uint64_t xss_in;
    std::array<std::uint32_t, 4> out; // EAX, EBX, ECX, EDX
    std::uint64_t reserved;
};
static_assert(sizeof(Function) == 48);
constexpr std::size_t first = 16;
constexpr std::uint32_t most = 64;

// Bits of features by leaf and register; other registers are not compared, as they differ from core
// to core or are limits.
struct Features {
    std::uint32_t leaf;
    std::uint32_t sub_leaf;
    std::array<bool, 4> compared;
};
constexpr std::array features = {
    Features{1, 0, {false, false, true, true}},
    Features{7, 0, {false, true, true, true}},
    Features{0xd, 0, {true, false, false, true}},
    Features{0xd, 1, {true, false, false, false}},
    Features{0x8000'0001, 0, {false, false, true, true}},
    Features{0x8000'0008, 0, {false, true, false, false}},
    Features{0x8000'001f, 0, {true, false, false, false}}
};
// The firmware does not let a guest have these, whatever the processor has.
constexpr std::uint32_t deadline = 1U << 24;  // 1 ECX: the timer's MSR
constexpr std::uint32_t tsc_adjust = 1U << 1; // 7 EBX
// What the guest's own system decides, and what a hypervisor adds.
constexpr std::uint32_t free_1_ecx = 1U << 27 | 1U << 31;

std::uint32_t allowed(Function const& one, std::size_t index) {
    auto value = engine::processor_cpuid(one.eax_in, one.ecx_in).at(index);
    if (one.eax_in == 1 && index == 2) value = (value & ~deadline) | free_1_ecx;
    if (one.eax_in == 7 && index == 1) value &= ~tsc_adjust;
    return value;
}

} // namespace

bool correct_cpuid_page(std::span<std::byte> page) {
    if (broken(Rule::CpuidPageChecked)) return true;
    if (Conditions::own().has("cpuid:refused")) return false;
    bool const half = Conditions::own().has("cpuid:half");
    auto const count = load<std::uint32_t>(page);
    if (count > most) return false;
    bool good = true;
    for (std::uint32_t i = 0; i < count; ++i) {
        auto const at = first + i * sizeof(Function);
        auto one = load<Function>(page, at);
        auto const known = std::ranges::find_if(features, [&](Features const& f) {
            return f.leaf == one.eax_in && f.sub_leaf == one.ecx_in;
        });
        if (known == features.end()) continue;
        for (std::size_t r = 0; r < one.out.size(); ++r) {
            if (!known->compared.at(r) || (one.out.at(r) & ~allowed(one, r)) == 0) continue;
            good = false;
            // Firmware of 2023 keeps the wrong bits of leaf 7's EDX.
            if (!half || one.eax_in != 7 || r != 3) one.out.at(r) &= allowed(one, r);
        }
        store(page, at, one);
    }
    return good;
}

} // namespace model::firmware
