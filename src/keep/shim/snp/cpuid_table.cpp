#include "keep/shim/snp/cpuid_table.hpp"

#include "keep/shim/memory/range.hpp"

#include <algorithm>
#include <array>

namespace shim::snp {

namespace {

// AMD64 Architecture Programmer's Manual, volume 3, appendix E.
constexpr std::uint32_t features = 1;
constexpr std::uint32_t more_features = 7;
constexpr std::uint32_t topology = 0xb;
constexpr std::uint32_t extended_state = 0xd;
constexpr std::uint32_t extended_topology = 0x8000'001e;
// Leaves whose answer depends on ECX; all others do not look at it.
constexpr std::array<std::uint32_t, 17> indexed{
    0x4,
    0x7,
    0xb,
    0xd,
    0xf,
    0x10,
    0x12,
    0x14,
    0x17,
    0x18,
    0x1d,
    0x1e,
    0x1f,
    0x20,
    0x8000'001d,
    0x8000'0020,
    0x8000'0026
};

constexpr std::uint32_t ecx_osxsave = 1U << 27;    // of leaf 1: CR4.OSXSAVE, which is set
constexpr std::uint32_t ecx_ospke = 1U << 4;       // of leaf 7: CR4.PKE, which is not
constexpr std::uint32_t eax_compact = 1U << 1;     // of 0xd, 1: XSAVEC
constexpr std::uint32_t ecx_aligned = 1U << 1;     // of 0xd, n: on 64 bytes, where compact
constexpr std::uint32_t legacy_and_header = 0x240; // 512 bytes and the header of XSAVE
constexpr std::uint32_t avx_component = 2;
constexpr Cpuid avx{.eax = 0x100, .ebx = legacy_and_header, .ecx = 0, .edx = 0}; // fixed_state()
constexpr std::uint32_t most_state = 1U << 20;      // no component is so large, nor lies so far
constexpr std::uint32_t apic_id_bits = 0xff00'0000; // of leaf 1, EBX

} // namespace

base::Result<void> CpuidTable::take(hw::snp::CpuidPage const& page) {
    page_ = page;
    if (page_.count > page_.functions.size()) return std::unexpected(base::Errno::Proto);
    return {};
}

// The bases of leaf 0xd hold for any XCR0, as what depends on it is computed here: that of x87 and
// SSE alone, without supervisor state, is taken, and no other.
hw::snp::CpuidFunction const* CpuidTable::find(std::uint32_t leaf, std::uint32_t subleaf) const {
    bool const by_index = std::ranges::find(indexed, leaf) != indexed.end();
    auto const known = std::span{page_.functions}.first(page_.count);
    auto const found = std::ranges::find_if(known, [&](hw::snp::CpuidFunction const& f) {
        if (f.eax_in != leaf || (by_index && f.ecx_in != subleaf)) return false;
        bool const base = leaf == extended_state && subleaf <= 1;
        return !base || ((f.xcr0_in == 1 || f.xcr0_in == 3) && f.xss_in == 0);
    });
    return found == known.end() ? nullptr : &*found;
}

Cpuid CpuidTable::entry(std::uint32_t leaf, std::uint32_t subleaf) const {
    // A page that hides this one does not keep XSAVE from writing it.
    if (leaf == extended_state && subleaf == avx_component) return avx;
    auto const* const f = find(leaf, subleaf);
    if (f == nullptr) return {};
    return {.eax = f->eax, .ebx = f->ebx, .ecx = f->ecx, .edx = f->edx};
}

// What XSAVE writes for the components of `mask` (volume 2, 11.5.3 and 11.5.7).
std::uint32_t CpuidTable::state_size(std::uint64_t mask, bool compact) const {
    std::uint64_t end = legacy_and_header;
    for (std::uint32_t i = 2; i < 63; ++i) {
        if ((mask >> i & 1) == 0) continue;
        auto const component = entry(extended_state, i);
        std::uint64_t const size = std::min(component.eax, most_state);
        if (compact && (component.ecx & ecx_aligned) != 0) end = round_up(end, 64);
        end = compact ? end + size : larger(end, std::min(component.ebx, most_state) + size);
    }
    return static_cast<std::uint32_t>(end);
}

Cpuid CpuidTable::answer(std::uint32_t leaf, std::uint32_t subleaf, Running const& running) const {
    auto of = entry(leaf, subleaf);
    if (leaf == features) {
        of.ebx = (of.ebx & ~apic_id_bits) | running.cpu << 24;
        of.ecx |= ecx_osxsave;
    } else if (leaf == more_features && subleaf == 0) {
        of.ecx &= ~ecx_ospke;
    } else if (leaf == topology) {
        of.edx = running.cpu;
    } else if (leaf == extended_state && subleaf == 0) {
        of.eax |= static_cast<std::uint32_t>(running.xcr0);
        of.ebx = state_size(running.xcr0, false);
        of.ecx = std::max(of.ecx, of.ebx);
    } else if (leaf == extended_state && subleaf == 1 && (of.eax & eax_compact) != 0) {
        of.ebx = state_size(running.xcr0, true);
    } else if (leaf == extended_topology) {
        of.eax = running.cpu;
    }
    return of;
}

} // namespace shim::snp
