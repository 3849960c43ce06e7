// MSRs that KVM emulates for a guest, and those that user space reads and writes.
#include "engine/cpu.hpp"
#include "kvm/time.hpp"
#include "kvm/vcpu.hpp"
#include "kvm/vm.hpp"

#include <algorithm>
#include <array>

namespace model::kvm {

namespace {

constexpr std::uint32_t apic_base = 0x1b;
constexpr std::uint32_t tsc_deadline = 0x6e0;
constexpr std::uint32_t hardware_configuration = 0xc001'0015;
constexpr std::uint64_t time_stamp_at_p0 = 1U << 24;
bool x2apic(std::uint32_t index) { return index >= 0x800 && index < 0x900; }

// Read as zero and written without effect, as KVM does for a guest that asks an AMD processor's
// switches: machine check, MTRRs, microcode, SYSCFG, HWCR, northbridge, performance counters,
// memory types, KVM's own clock.
struct Range {
    std::uint32_t first;
    std::uint32_t last;
};
constexpr std::array quiet = {
    Range{0x8b, 0x8b},
    Range{0xfe, 0xfe},
    Range{0x179, 0x17b},
    Range{0x1a0, 0x1a0},
    Range{0x200, 0x20f},
    Range{0x250, 0x26f},
    Range{0x2ff, 0x2ff},
    Range{0x400, 0x47f},
    Range{0xc001'0000, 0xc001'0007},
    Range{0xc001'0010, 0xc001'001f},
    Range{0xc001'0055, 0xc001'0055},
    Range{0xc001'0058, 0xc001'0058},
    Range{0xc001'0114, 0xc001'0117},
    Range{0xc001'1020, 0xc001'102f},
    Range{0xce, 0xce},
    Range{0x140, 0x140},
    Range{0x34, 0x34},
    Range{0x3a, 0x3b},
    Range{0x48, 0x49},
    Range{0x10a, 0x10b},
    Range{0x4b56'4d00, 0x4b56'4d07},
    Range{0x11, 0x12},
    Range{0xc000'0103, 0xc000'0103},
    Range{0xc001'0200, 0xc001'020b}
};

bool known_quiet(std::uint32_t index) {
    return std::ranges::any_of(quiet, [=](Range const& r) {
        return index >= r.first && index <= r.last;
    });
}

} // namespace

std::optional<std::uint64_t> Vcpu::read_msr(std::uint32_t index) {
    if (index == apic_base) return apic_.base();
    if (index == tsc_deadline && vm_.local_apics()) return apic_.deadline();
    if (x2apic(index) && vm_.local_apics()) return apic_.read_x2(index);
    if (index == hardware_configuration) return time_stamp_at_p0;
    if (known_quiet(index)) return 0;
    return cpu_.msr(index);
}

bool Vcpu::write_msr(std::uint32_t index, std::uint64_t value) {
    if (index == apic_base)
        apic_.set_base(value);
    else if (index == tsc_deadline && vm_.local_apics())
        apic_.set_deadline(value);
    else if (x2apic(index) && vm_.local_apics())
        apic_.write_x2(index, value);
    else if (!known_quiet(index))
        return cpu_.set_msr(index, value);
    return true;
}

} // namespace model::kvm
