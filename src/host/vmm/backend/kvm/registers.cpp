#include "host/vmm/backend/kvm/registers.hpp"

#include "host/vmm/probe/cpuid.hpp"

#include <array>

namespace host::vmm::kvm {

namespace launch = protocol::launch;

namespace {

// Intel SDM volume 3, 2.5 and 2.2.1.
constexpr std::uint64_t cr0 = 0x8001'0033;           // PG WP NE ET MP PE
constexpr std::uint64_t cr4_deprivileged = 0x5'0620; // OSXSAVE FSGSBASE OSXMMEXCPT OSFXSR PAE
constexpr std::uint64_t efer = 0xd01;                // NXE LMA LME SCE
// Intel SDM volume 3, 12.4.4: IA32_APIC_BASE.
constexpr std::uint64_t apic_at_reset = 0xfee0'0800; // its address, enabled
constexpr std::uint64_t apic_of_first = 0x100;       // of the bootstrap processor
constexpr std::uint64_t xcr0_wanted = 7;             // x87, SSE, AVX: what every host knows
constexpr std::uint64_t flags_reserved = 2;
constexpr std::uint32_t msr_star = 0xc000'0081;
constexpr std::uint32_t msr_lstar = 0xc000'0082;
constexpr std::uint32_t msr_fmask = 0xc000'0084;
constexpr std::uint64_t star = 0x0023'0010ULL << 32; // SYSRET base, SYSCALL base
constexpr std::uint64_t fmask = 0x4'7700;            // TF IF DF IOPL NT AC
constexpr std::uint16_t user_code = 0x33;
constexpr std::uint16_t user_data = 0x2b;
constexpr std::uint16_t kernel_code = 0x10;
constexpr std::uint16_t kernel_data = 0x18;
constexpr std::uint16_t tss_selector = 0x40;
constexpr std::uint16_t gdt_limit = 0x4f;

kvm_segment segment(std::uint16_t selector, bool code) {
    kvm_segment s{};
    s.limit = 0xffff'ffff;
    s.selector = selector;
    s.type = code ? 11 : 3;
    s.present = 1;
    s.dpl = selector & 3;
    s.db = code ? 0 : 1;
    s.s = 1;
    s.l = code ? 1 : 0;
    s.g = 1;
    return s;
}

// Only what KVM checks the registers against: a program asks the CPU itself.
base::Result<void> set_cpuid(os::Fd const& cpu) {
    struct {
        std::uint32_t count = 0;
        std::uint32_t padding = 0;
        std::array<kvm_cpuid_entry2, 5> entries{};
    } list;
    for (std::uint32_t const leaf : {1U, 7U, 0xdU, 0x8000'0001U, 0x8000'0008U}) {
        auto& entry = list.entries[list.count++];
        entry.function = leaf;
        auto const own = this_cpuid(leaf, 0);
        entry.eax = own.eax;
        entry.ebx = own.ebx;
        entry.ecx = own.ecx;
        entry.edx = own.edx;
        if (leaf == 7 || leaf == 0xd) entry.flags = KVM_CPUID_FLAG_SIGNIFCANT_INDEX;
    }
    TRY(control(cpu, set_cpuid2, &list));
    return {};
}

kvm_sregs special_registers(launch::ImageHeader const& image, std::uint64_t root, bool first) {
    bool const ring0 = image.platform != static_cast<std::uint64_t>(launch::ShimKind::Deprivileged);
    kvm_sregs s{};
    s.cr0 = cr0;
    s.cr3 = root;
    s.cr4 = cr4_deprivileged;
    s.efer = efer;
    s.apic_base = apic_at_reset | (first ? apic_of_first : 0);
    s.cs = segment(ring0 ? kernel_code : user_code, true);
    s.ss = s.ds = s.es = s.fs = s.gs = segment(ring0 ? kernel_data : user_data, false);
    s.gdt.base = image.gdt;
    s.gdt.limit = gdt_limit;
    s.idt.base = image.idt;
    s.idt.limit = static_cast<std::uint16_t>(image.idt_limit);
    s.ldt.unusable = 1;
    s.tr.base = image.tss;
    s.tr.limit = static_cast<std::uint32_t>(image.tss_limit);
    s.tr.selector = tss_selector;
    s.tr.type = 11;
    s.tr.present = 1;
    return s;
}

} // namespace

Registers registers_at(launch::ImageHeader const& image, Beginning const& beginning, bool first) {
    Registers at{.general = {}, .special = special_registers(image, beginning.root, first)};
    at.general.rip = beginning.entry;
    at.general.rsp = image.stack;
    at.general.rflags = flags_reserved;
    return at;
}

OtherRegisters other_registers(launch::ImageHeader const& image) {
    return {.xcr0 = xcr0_wanted, .star = star, .lstar = image.system_call, .fmask = fmask};
}

base::Result<void> set_other_registers(os::Fd const& cpu, launch::ImageHeader const& image) {
    TRY(set_cpuid(cpu));
    return set_listed_registers(cpu, other_registers(image));
}

base::Result<void> set_listed_registers(os::Fd const& cpu, OtherRegisters const& wanted) {
    kvm_xcrs xcrs{};
    xcrs.nr_xcrs = 1;
    xcrs.xcrs[0].value = wanted.xcr0;
    TRY(control(cpu, KVM_SET_XCRS, &xcrs));
    struct {
        std::uint32_t count = 3;
        std::uint32_t padding = 0;
        std::array<kvm_msr_entry, 3> entries{};
    } msrs;
    msrs.entries[0] = {.index = msr_star, .reserved = 0, .data = wanted.star};
    msrs.entries[1] = {.index = msr_lstar, .reserved = 0, .data = wanted.lstar};
    msrs.entries[2] = {.index = msr_fmask, .reserved = 0, .data = wanted.fmask};
    TRY(control(cpu, set_msrs, &msrs));
    return {};
}

} // namespace host::vmm::kvm
