// A processor's registers and its run, on Bochs' object.
#include "engine/cpu.hpp"

#include "engine/bochs/bochs.hpp"
#include "engine/processor.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <csetjmp>
#include <new>
#include <vector>

namespace model::engine {

namespace {

struct alignas(4096) Maps {
    std::array<std::byte, maps_size> bytes{};
};
std::array<Cpu*, most_cpus> owners{};
std::array<std::unique_ptr<Maps>, most_cpus> maps;
// Bochs counts a processor before it makes it (its APIC wants that); any thread may stop those
// that are in its list.
std::atomic<unsigned> listed{0};

void put(bx_segment_reg_t& to, Segment const& from) {
    parse_selector(from.selector, &to.selector);
    bool const usable = from.present && !from.unusable;
    to.cache.valid = usable ? SegValidCache : 0;
    to.cache.p = usable;
    to.cache.dpl = from.dpl;
    to.cache.segment = from.code_or_data;
    to.cache.type = from.type;
    to.cache.u.segment.base = from.base;
    to.cache.u.segment.limit_scaled = from.limit;
    to.cache.u.segment.g = from.granular;
    to.cache.u.segment.d_b = from.wide;
    to.cache.u.segment.l = from.long_mode;
    to.cache.u.segment.avl = from.available;
}

Segment segment_of(bx_segment_reg_t const& from) {
    return {
        .selector = from.selector.value,
        .base = from.cache.u.segment.base,
        .limit = from.cache.u.segment.limit_scaled,
        .type = from.cache.type,
        .dpl = from.cache.dpl,
        .present = from.cache.p != 0,
        .code_or_data = from.cache.segment != 0,
        .wide = from.cache.u.segment.d_b != 0,
        .long_mode = from.cache.u.segment.l != 0,
        .granular = from.cache.u.segment.g != 0,
        .available = from.cache.u.segment.avl != 0,
        .unusable = from.cache.valid == 0
    };
}

// What KVM intercepts of a guest with protected state (svm.c init_vmcb, sev.c sev_es_init_vmcb).
void set_intercepts(BX_CPU_C& cpu, unsigned index) {
    auto& controls = cpu.vmcb->ctrls;
    controls = {};
    for (unsigned const bit :
         {SVM_INTERCEPT0_INTR,
          SVM_INTERCEPT0_NMI,
          SVM_INTERCEPT0_SMI,
          SVM_INTERCEPT0_INIT,
          SVM_INTERCEPT0_VINTR,
          SVM_INTERCEPT0_CPUID,
          SVM_INTERCEPT0_RDPMC,
          SVM_INTERCEPT0_INVD,
          SVM_INTERCEPT0_PAUSE,
          SVM_INTERCEPT0_HLT,
          SVM_INTERCEPT0_IO,
          SVM_INTERCEPT0_MSR,
          SVM_INTERCEPT0_SHUTDOWN})
        controls.intercept_vector[0] |= 1U << bit;
    for (unsigned const bit :
         {SVM_INTERCEPT1_VMRUN,
          SVM_INTERCEPT1_VMMCALL,
          SVM_INTERCEPT1_VMLOAD,
          SVM_INTERCEPT1_VMSAVE,
          SVM_INTERCEPT1_STGI,
          SVM_INTERCEPT1_CLGI,
          SVM_INTERCEPT1_SKINIT,
          SVM_INTERCEPT1_WBINVD,
          SVM_INTERCEPT1_MONITOR,
          SVM_INTERCEPT1_MWAIT})
        controls.intercept_vector[1] |= 1U << (bit - 32);
    controls.iopm_base = maps_base + index * maps_size;
    controls.msrpm_base = controls.iopm_base + port_map_size;
    controls.nested_paging = true;
    cpu.in_svm_guest = true;
    cpu.svm_gif = true;
    cpu.unmask_event(BX_EVENT_SVM_VIRQ_PENDING);
}

} // namespace

std::byte* map_page(Physical at) {
    if (at < maps_base || at >= maps_base + most_cpus * maps_size) return nullptr;
    auto const index = (at - maps_base) / maps_size;
    return &maps.at(index)->bytes.at(((at - maps_base) % maps_size) & ~0xfffULL);
}

namespace {

std::span<std::byte> maps_of(unsigned index) { return maps.at(index)->bytes; }

void make_bochs() {
    unsigned const index = bx_cpu_count;
    if (index == 0) bx_pc_system.initialize(1'000'000'000);
    maps.at(index) = std::make_unique<Maps>();
    ++bx_cpu_count;
    auto* const made = new BX_CPU_C(index); // stays for the next owner: Bochs keeps a list of them
    bx_cpu_array[index] = made;
    listed = index + 1;
    made->initialize();
    made->reset(BX_RESET_HARDWARE); // CPUID answers by it, too
}

// A processor that nobody uses, reset.
unsigned take_bochs(Cpu& owner) {
    unsigned index = 0;
    while (index < bx_cpu_count && owners.at(index) != nullptr) ++index;
    if (index == bx_cpu_count) make_bochs();
    owners.at(index) = &owner;
    std::ranges::fill(maps.at(index)->bytes, std::byte{0xff});
    flushICaches();
    bochs(index).reset(BX_RESET_HARDWARE);
    bochs(index).activity_state = BX_CPU_C::BX_ACTIVITY_STATE_ACTIVE;
    set_intercepts(bochs(index), index);
    return index;
}

} // namespace

bool Cpu::available() {
    return std::ranges::any_of(owners, [](Cpu const* one) { return one == nullptr; });
}
Cpu::Cpu(World& world, std::uint32_t) : world_{world}, index_{take_bochs(*this)} {}
Cpu::~Cpu() { owners.at(index_) = nullptr; }
Cpu& Cpu::of(unsigned index) { return *owners.at(index); }

Registers Cpu::registers() const {
    auto& cpu = bochs(index_);
    Registers result;
    for (unsigned i = 0; i < result.general.size(); ++i) result.general.at(i) = cpu.gen_reg[i].rrx;
    result.rip = cpu.gen_reg[BX_64BIT_REG_RIP].rrx;
    result.rflags = cpu.read_eflags();
    std::array const to = {&result.es, &result.cs, &result.ss, &result.ds, &result.fs, &result.gs};
    for (unsigned i = 0; i < to.size(); ++i) *to.at(i) = segment_of(cpu.sregs[i]);
    result.ldt = segment_of(cpu.ldtr);
    result.task = segment_of(cpu.tr);
    result.gdt = {.base = cpu.gdtr.base, .limit = cpu.gdtr.limit};
    result.idt = {.base = cpu.idtr.base, .limit = cpu.idtr.limit};
    result.cr0 = cpu.cr0.get32();
    result.cr2 = cpu.cr2;
    result.cr3 = cpu.cr3;
    result.cr4 = cpu.cr4.get32();
    result.efer = cpu.efer.get32();
    // In real mode Bochs makes a data segment of it, so that it can be written by; a processor does
    // not.
    constexpr std::uint8_t code_read_accessed = 0xb;
    if (cpu.cr0.get_PE() == 0) result.cs.type = code_read_accessed;
    return result;
}

void Cpu::set_registers(Registers const& from) {
    auto& cpu = bochs(index_);
    for (unsigned i = 0; i < from.general.size(); ++i) cpu.gen_reg[i].rrx = from.general.at(i);
    cpu.gen_reg[BX_64BIT_REG_RIP].rrx = from.rip;
    std::array const segments = {&from.es, &from.cs, &from.ss, &from.ds, &from.fs, &from.gs};
    for (unsigned i = 0; i < segments.size(); ++i) put(cpu.sregs[i], *segments.at(i));
    put(cpu.ldtr, from.ldt);
    put(cpu.tr, from.task);
    cpu.gdtr = {.base = from.gdt.base, .limit = from.gdt.limit};
    cpu.idtr = {.base = from.idt.base, .limit = from.idt.limit};
    cpu.cr0.set32(static_cast<Bit32u>(from.cr0));
    cpu.cr2 = from.cr2;
    cpu.cr3 = from.cr3;
    cpu.cr4.set32(static_cast<Bit32u>(from.cr4));
    cpu.efer.set32(static_cast<Bit32u>(from.efer));
    cpu.setEFlags(static_cast<Bit32u>(from.rflags));
    cpu.TLB_flush();
    cpu.handleCpuContextChange();
    cpu.invalidate_prefetch_q();
    cpu.prev_rip = from.rip;
}

std::optional<std::uint64_t> Cpu::msr(std::uint32_t index) const {
    Bit64u value = 0;
    if (!bochs(index_).rdmsr(index, &value)) return std::nullopt;
    return value;
}
bool Cpu::set_msr(std::uint32_t index, std::uint64_t value) {
    return bochs(index_).wrmsr(index, value);
}
std::uint64_t Cpu::xcr0() const { return bochs(index_).xcr0.get32(); }
void Cpu::set_xcr0(std::uint64_t value) {
    bochs(index_).xcr0.set32(static_cast<Bit32u>(value));
    bochs(index_).handleCpuContextChange();
}
std::uint64_t& Cpu::general(Register which) {
    return reinterpret_cast<std::uint64_t&>(bochs(index_).gen_reg[which].rrx);
} // Safety: Bit64u is 64 bits wide
std::uint64_t Cpu::rip() const { return bochs(index_).prev_rip; }
bool Cpu::paging() const { return bochs(index_).cr0.get_PG() != 0; }
bool Cpu::delivering() const { return bochs(index_).in_event; }
unsigned Cpu::privilege() const { return bochs(index_).sregs[BX_SEG_REG_CS].selector.rpl; }
void Cpu::set_carry(bool on) { bochs(index_).set_CF(on); }
void Cpu::set_zero(bool on) { bochs(index_).set_ZF(on); }

void Cpu::intercept_cpuid(bool wanted) {
    auto& word = bochs(index_).vmcb->ctrls.intercept_vector[0];
    word = wanted ? word | 1U << SVM_INTERCEPT0_CPUID : word & ~(1U << SVM_INTERCEPT0_CPUID);
}

void Cpu::intercept_msr(std::uint32_t index, bool wanted) {
    auto const bit = (index & 0x1fff) * 2 + (index >= 0xc001'0000   ? 4096 * 8
                                             : index >= 0xc000'0000 ? 2048 * 8
                                                                    : 0);
    auto const map = maps_of(index_).subspan(port_map_size);
    for (auto const one : {bit, bit + 1}) {
        auto const mask = std::byte(1U << (one & 7));
        map[one / 8] = wanted ? map[one / 8] | mask : map[one / 8] & ~mask;
    }
}

void Cpu::begin() { bx_pc_system.kill_bochs_request = false; }

void Cpu::run() {
    auto& cpu = bochs(index_);
    cpu.async_event = 1;
    // A fault while an event is delivered comes back here as it does inside cpu_loop().
    // NOLINTNEXTLINE(cert-err52-cpp,modernize-avoid-setjmp-longjmp): Bochs' own way back
    if (pending_ && setjmp(BX_CPU_C::jmp_buf_env) == 0) {
        auto const event = *pending_;
        pending_.reset();
        cpu.EXT = event.type != Injection::Type::Software;
        cpu.interrupt(
            event.vector,
            static_cast<unsigned>(event.type),
            event.error_code.has_value(),
            static_cast<Bit16u>(event.error_code.value_or(0))
        );
        cpu.prev_rip = cpu.gen_reg[BX_64BIT_REG_RIP].rrx;
        cpu.EXT = false;
    }
    if (!bx_pc_system.kill_bochs_request) cpu.cpu_loop();
}

void Cpu::inject(Injection const& event) { pending_ = event; }
bool Cpu::interruptible() const {
    auto& cpu = bochs(index_);
    return !pending_ && cpu.get_IF() != 0 && !cpu.interrupts_inhibited(BX_INHIBIT_INTERRUPTS);
}
void Cpu::want_window(bool wanted) {
    if (wanted)
        bochs(index_).signal_event(BX_EVENT_SVM_VIRQ_PENDING);
    else
        bochs(index_).clear_event(BX_EVENT_SVM_VIRQ_PENDING);
}

Physical Cpu::operand(std::uint64_t linear) {
    auto& cpu = bochs(index_);
    return cpu.translate_linear(cpu.DTLB.get_entry_of(linear, 0), linear, 0, BX_READ);
}
void Cpu::flush() {
    bochs(index_).TLB_flush();
    bochs(index_).invalidate_prefetch_q();
}
std::uint64_t Cpu::instructions() const { return bochs(index_).icount; }
void Cpu::stop() {
    bx_pc_system.kill_bochs_request = true;
    unsigned const count = listed;
    for (unsigned i = 0; i < count; ++i) bochs(i).async_event = 1;
}
void Cpu::forget_code() { flushICaches(); }

std::array<std::uint32_t, 4> own_cpuid(std::uint32_t leaf, std::uint32_t sub_leaf) {
    if (bx_cpu_count == 0) make_bochs();
    cpuid_function_t result{};
    bochs(0).cpuid->get_cpuid_leaf(leaf, sub_leaf, &result);
    return {result.eax, result.ebx, result.ecx, result.edx};
}

} // namespace model::engine
