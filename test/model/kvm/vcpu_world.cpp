// What the engine asks of a virtual machine without SNP; an SNP guest's questions go to snp/.
#include "base/log.hpp"
#include "base/rules.hpp"
#include "kvm/time.hpp"
#include "kvm/turns.hpp"
#include "kvm/vcpu.hpp"
#include "kvm/vm.hpp"
#include "snp/guest.hpp"
#include "snp/hostile.hpp"

#include <algorithm>
#include <cstring>

namespace model::kvm {

namespace {

enum Intercept : std::uint8_t {
    Vintr = 0x64,
    Cpuid = 0x72,
    Invd = 0x76,
    Pause = 0x77,
    Hlt = 0x78,
    Ioio = 0x7b,
    Msr = 0x7c,
    Shutdown = 0x7f,
    Vmmcall = 0x81,
    Wbinvd = 0x89
};

constexpr std::uint8_t invalid_opcode = 6;
constexpr std::uint8_t general_protection = 13;
constexpr std::uint64_t apic_page = 0xfee0'0000;

// Why a guest has ended is hard to see from outside.
void log_state(engine::Cpu const& cpu, unsigned id) {
    auto const r = cpu.registers();
    log_step(
        "tee-model: vCPU %u shuts down: rip %#lx, cs %#lx, cr0 %#lx, cr3 %#lx, cr4 %#lx, efer "
        "%#lx, "
        "cr2 %#lx\n",
        id,
        cpu.rip(),
        r.cs.base,
        r.cr0,
        r.cr3,
        r.cr4,
        r.efer,
        r.cr2
    );
}

} // namespace

std::byte* Vcpu::page(engine::Physical at) {
    if (auto* const memory = GuestMemory::of(at))
        return memory->page(page_of(at - memory->base())).data();
    if (snp::Hostile::own().watches(page_of(at))) return nullptr; // device() is asked
    return vm_.memory().shared_page(at, false);                   // translate() has seen to writes
}

std::optional<engine::Physical> Vcpu::translate(
    engine::Cpu& cpu, std::uint64_t at, engine::Access access, bool table, engine::Answer& answer
) {
    if (vm_.snp() != nullptr) return vm_.snp()->translate(*this, cpu, at, access, table, answer);
    if (vm_.type() == ProtectedSoftwareVm && vm_.memory().is_private(at) &&
        !broken(Rule::AttributeDecides)) {
        // Which memory a page has is the attribute's alone to say; without it the guest stops.
        auto const* const slot = vm_.memory().find(at);
        if (slot != nullptr && slot->guest)
            return slot->guest->base() + slot->guest_offset + (at - slot->at);
        exit_memory_fault(at, true);
        answer = engine::Answer::leave();
        return std::nullopt;
    }
    auto const* const slot = vm_.memory().find(at);
    bool const writes = access == engine::Access::Write;
    if (slot != nullptr && vm_.memory().shared_page(at, writes) == nullptr) {
        // The host's process has nothing there, or nothing that may be written.
        exit_memory_fault(at, false);
        answer = engine::Answer::leave();
        return std::nullopt;
    }
    if (access == engine::Access::Execute && slot == nullptr) {
        // KVM would emulate what it fetches there, and cannot.
        exit(KVM_EXIT_INTERNAL_ERROR);
        run_page().internal.suberror = KVM_INTERNAL_ERROR_EMULATION;
        answer = engine::Answer::leave();
        return std::nullopt;
    }
    return at;
}

engine::Answer Vcpu::port(engine::Exit const& exit) {
    auto const length = exit.info2 - cpu_.rip();
    if ((exit.info1 & 4) != 0) { // strings: KVM would emulate the instruction
        log_step("tee-model: string instructions for ports are not emulated\n");
        this->exit(KVM_EXIT_INTERNAL_ERROR);
        run_page().internal.suberror = KVM_INTERNAL_ERROR_EMULATION;
        return engine::Answer::leave();
    }
    auto const size = exit.info1 >> 4 & 7;
    auto const value = cpu_.general(engine::Rax) & ((1ULL << size * 8) - 1);
    if ((exit.info1 & 1) == 0 &&
        vm_.interrupts().stored(true, exit.info1 >> 16 & 0xffff, value, size))
        return engine::Answer::next(length);
    exit_io(exit.info1, value, [this, size](std::uint64_t value) {
        auto& rax = cpu_.general(engine::Rax);
        auto const mask = (1ULL << size * 8) - 1;
        rax = size == 4 ? value : (rax & ~mask) | value;
    });
    return engine::Answer::leave_after(length);
}

// KVM's calls for guests: the one that user space has asked to see, and no other.
engine::Answer Vcpu::hypercall(engine::Cpu& cpu) {
    constexpr std::size_t length = 3;
    constexpr auto unknown_call = static_cast<std::uint64_t>(-1000); // KVM_ENOSYS
    if (cpu.general(engine::Rax) != hypercall_map_gpa_range || !vm_.tells_hypercalls()) {
        cpu.general(engine::Rax) = unknown_call;
        return engine::Answer::next(length);
    }
    auto& call = run_page().hypercall;
    call = {};
    call.nr = hypercall_map_gpa_range;
    call.args[0] = cpu.general(engine::Rbx);
    call.args[1] = cpu.general(engine::Rcx);
    call.args[2] = cpu.general(engine::Rdx);
    then([this, &cpu] { cpu.general(engine::Rax) = run_page().hypercall.ret; });
    exit(KVM_EXIT_HYPERCALL);
    return engine::Answer::leave_after(length);
}

engine::Answer Vcpu::intercept(engine::Cpu& cpu, engine::Exit const& exit) {
    if (exit.code == Vintr) {
        cpu.want_window(false);
        bool const asked = !vm_.local_apics() || run_page().request_interrupt_window != 0;
        if (asked && accepts_external() && !asked_interrupt_) this->exit(KVM_EXIT_IRQ_WINDOW_OPEN);
        return engine::Answer::leave();
    }
    if (exit.code == Shutdown) {
        log_state(cpu, id_);
        this->exit(KVM_EXIT_SHUTDOWN);
        return engine::Answer::leave();
    }
    if (exit.code == Pause) { // who waits lets others go first, as KVM's filter does
        constexpr std::size_t length = 2;
        return turns().wanted() ? engine::Answer::leave_after(length)
                                : engine::Answer::next(length);
    }
    if (exit.code == Hlt) {
        if (vm_.local_apics())
            halted_ = true;
        else
            this->exit(KVM_EXIT_HLT);
        return engine::Answer::leave_after(1);
    }
    if (vm_.snp() != nullptr) return vm_.snp()->intercept(*this, cpu, exit);
    switch (exit.code) {
    case Ioio:
        return port(exit);
    case Invd:
    case Wbinvd:
        return engine::Answer::next(2);
    case Vmmcall:
        return hypercall(cpu);
    case Msr: {
        auto const index = static_cast<std::uint32_t>(cpu.general(engine::Rcx));
        if (exit.info1 != 0) {
            auto const value = cpu.general(engine::Rdx) << 32 |
                               static_cast<std::uint32_t>(cpu.general(engine::Rax));
            return write_msr(index, value) ? engine::Answer::next(2)
                                           : engine::Answer::fault(general_protection, 0);
        }
        auto const value = read_msr(index);
        if (!value) return engine::Answer::fault(general_protection, 0);
        cpu.general(engine::Rax) = static_cast<std::uint32_t>(*value);
        cpu.general(engine::Rdx) = *value >> 32;
        return engine::Answer::next(2);
    }
    default:
        return engine::Answer::fault(
            invalid_opcode, std::nullopt
        ); // VMRUN and its like: no nested guests
    }
}

std::optional<engine::Answer> Vcpu::unknown(engine::Cpu& cpu, std::span<std::byte const> bytes) {
    return vm_.snp() == nullptr ? std::nullopt : vm_.snp()->instruction(*this, cpu, bytes);
}

// Shared memory of which a hostile host decides what is read.
bool Vcpu::watched(engine::Physical at, std::span<std::byte> data, bool store) {
    auto* const page = vm_.memory().shared_page(at, store);
    if (page == nullptr) return false;
    auto* const bytes = page + at % page_size;
    if (store) {
        std::memcpy(bytes, data.data(), data.size());
        return true;
    }
    std::memcpy(data.data(), bytes, data.size());
    snp::Hostile::own().loaded(*this, at, data);
    return true;
}

// A load is answered when user space has: the instruction is tried again and finds the answer.
bool Vcpu::device(engine::Cpu& cpu, engine::Physical at, std::span<std::byte> data, bool store) {
    if (vm_.local_apics() && page_of(at) == apic_page) {
        auto const offset = static_cast<std::uint32_t>(at - apic_page);
        std::uint32_t value = store ? load<std::uint32_t>(data) : apic_.read(offset);
        if (store)
            apic_.write(offset, value);
        else
            std::memcpy(data.data(), &value, std::min<std::size_t>(data.size(), 4));
        return true;
    }
    if (snp::Hostile::own().watches(page_of(at))) return watched(at, data, store);
    if (!store && device_answer_) {
        std::memcpy(data.data(), device_answer_->data(), std::min<std::size_t>(data.size(), 8));
        device_answer_.reset();
        return true;
    }
    auto& run = run_page();
    if (store && data.size() <= 8) {
        std::uint64_t value = 0;
        std::memcpy(&value, data.data(), data.size());
        if (vm_.interrupts().stored(false, at, value, data.size())) return true;
    }
    if (cpu.delivering()) {
        exit(KVM_EXIT_INTERNAL_ERROR);
        run.internal.suberror = KVM_INTERNAL_ERROR_DELIVERY_EV;
        run.internal.ndata = 5;
        run.internal.data[3] = at;
        return false;
    }
    run.mmio.phys_addr = at;
    run.mmio.len = static_cast<std::uint32_t>(data.size());
    run.mmio.is_write = store ? 1 : 0;
    if (store)
        std::memcpy(run.mmio.data, data.data(), std::min<std::size_t>(data.size(), 8));
    else
        then([this] {
            device_answer_.emplace();
            std::memcpy(device_answer_->data(), run_page().mmio.data, 8);
        });
    exit(KVM_EXIT_MMIO);
    if (store) engine::Cpu::stop(); // after the instruction
    return store;
}

} // namespace model::kvm
