// A virtual processor's thread: from KVM_RUN to the exit.
#include "kvm/vcpu.hpp"

#include "base/counts.hpp"
#include "base/log.hpp"
#include "kvm/registers.hpp"
#include "kvm/time.hpp"
#include "kvm/turns.hpp"
#include "kvm/view.hpp"
#include "kvm/vm.hpp"
#include "snp/guest.hpp"
#include "snp/hostile.hpp"

#include <algorithm>
#include <cstring>

namespace model::kvm {

namespace {

constexpr std::size_t run_size = 3 * page_size; // kvm_run, data of ports, nothing
constexpr std::size_t port_data = page_size;
constexpr std::uint32_t flag_mask = 0xc000'0084; // SFMASK

// What an SNP guest reaches without an intercept (svm.c: direct_access_msrs; sev.c:
// sev_es_init_vmcb).
constexpr std::array<std::uint32_t, 15> direct_msrs = {
    0xc000'0080,
    0xc000'0081,
    0xc000'0082,
    0xc000'0083,
    0xc000'0084,
    0xc000'0100,
    0xc000'0101,
    0xc000'0102,
    0xc000'0103,
    0x174,
    0x175,
    0x176,
    0x277,
    0xda0,
    0x10
};

} // namespace

Vcpu::Vcpu(Vm& vm, std::uint32_t id)
    : vm_{vm},
      id_{id},
      run_{Pages::create("tee-model:vcpu", run_size)},
      cpu_{*this, id},
      apic_{*this} {
    set_inode(run_.file());
    for (auto const msr : direct_msrs) cpu_.intercept_msr(msr, false);
    cpu_.intercept_cpuid(vm.type() == SnpVm);
    auto registers = cpu_.registers();
    registers.efer |= 0x1000; // SVME, as KVM has it in every VMCB
    cpu_.set_registers(registers);
    // KVM's reset is not the processor's: the FPU is as FNINIT leaves it, and no flag is masked.
    engine::ExtendedState initial{};
    store(initial, engine::XsaveFcw, std::uint16_t{0x37f});
    store(initial, engine::XsaveMxcsr, std::uint32_t{0x1f80});
    cpu_.set_extended_state(initial);
    cpu_.set_msr(flag_mask, 0);
    if (id != 0 && vm.local_apics()) mp_state_ = KVM_MP_STATE_UNINITIALIZED;
    thread_ = std::thread{[this] { work(); }};
}

Vcpu::~Vcpu() {
    {
        std::scoped_lock const lock{mutex_};
        ending_ = true;
        interrupted_ = true;
    }
    kick();
    thread_.join();
}

Reply Vcpu::start(Context& context) {
    std::scoped_lock const lock{mutex_};
    if (call_ != 0) return -EINTR; // the kernel would wait for the vCPU's lock; nobody does that
    listener_ = &context.listener;
    caller_ = context.call.thread;
    interrupted_ = false;
    count(Count::Runs);
    call_ = context.call.id;
    changed_.notify_all();
    return Reply::later();
}

void Vcpu::interrupt() {
    interrupted_ = true;
    kick();
}

void Vcpu::kick() {
    {
        std::scoped_lock const lock{mutex_};
        kicked_ = true;
    }
    changed_.notify_all();
    engine::Cpu::stop();
}

void Vcpu::work() {
    std::unique_lock lock{mutex_};
    for (;;) {
        changed_.wait(lock, [this] { return ending_ || call_ != 0; });
        if (ending_) return;
        lock.unlock();
        auto const outcome = run_once();
        lock.lock();
        auto const call = call_.exchange(0);
        // KVM tells of an exit before the signal that came with it; here the signal may be quicker.
        // Then user space, which runs the vCPU again, is told of the exit instead.
        if (!listener_->tell(call, outcome) && outcome != -EINTR) unseen_ = outcome;
    }
}

void Vcpu::exit(std::uint32_t reason, long outcome) {
    run_page().exit_reason = reason;
    outcome_ = outcome;
}

long Vcpu::run_once() {
    if (unseen_) {
        if (run_page().immediate_exit != 0) return -EINTR;
        return *std::exchange(unseen_, std::nullopt);
    }
    outcome_.reset();
    {
        Turn const turn;
        take_dirty_registers();
        if (auto const completion = std::exchange(completion_, nullptr)) completion();
        // The reason of the exit before stays: user space has only let that one be completed.
        if (run_page().immediate_exit != 0) outcome_ = -EINTR;
    }
    auto const outcome = outcome_ ? *outcome_ : run_engine();
    Turn const turn;
    show_registers();
    View::own().at_exit(*this);
    return outcome;
}

long Vcpu::run_engine() {
    for (;;) {
        bool waits = false;
        while (snp::Hostile::own().holds(*this) && !interrupted_)
            std::this_thread::sleep_for(std::chrono::milliseconds{1});
        turns().take(true);
        engine::Cpu::begin();
        if (vm_.snp() != nullptr) vm_.snp()->before_entry(*this);
        deliver_interrupts();
        waits = halted_ || mp_state_ == KVM_MP_STATE_UNINITIALIZED;
        if (!waits && !interrupted_ && !outcome_) cpu_.run();
        turns().give();
        if (outcome_) return *outcome_;
        if (interrupted_) {
            run_page().exit_reason = KVM_EXIT_INTR;
            return -EINTR;
        }
        if (waits) wait_for_kick();
    }
}

void Vcpu::run_for_host(std::chrono::milliseconds time) {
    if (call_ != 0) return;
    auto const end = std::chrono::steady_clock::now() + time;
    outcome_.reset();
    std::atomic<bool> over{false};
    std::thread clock{[&] {
        while (!over && std::chrono::steady_clock::now() < end)
            std::this_thread::sleep_for(std::chrono::milliseconds{1});
        while (!over) {
            engine::Cpu::stop();
            std::this_thread::sleep_for(std::chrono::milliseconds{1});
        }
    }};
    while (!outcome_ && std::chrono::steady_clock::now() < end) {
        engine::Cpu::begin();
        cpu_.run();
    }
    over = true;
    clock.join();
    outcome_.reset();
    engine::Cpu::begin();
}

void Vcpu::wait_for_kick() {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [this] { return kicked_ || interrupted_ || ending_; });
    kicked_ = false;
}

void Vcpu::start_up() {
    // Processors of machines whose state is the host's to set: nobody here starts them so.
    if (!protected_ || (mp_state_ != KVM_MP_STATE_UNINITIALIZED && !held_)) return;
    start_running();
    kick();
}

bool Vcpu::accepts_external() const {
    return vm_.takes_external() && (!vm_.local_apics() || apic_.accepts_external());
}

// As KVM without AVIC: a vector that the processor cannot take now waits for the window that an
// intercept announces.
void Vcpu::deliver_interrupts() {
    if (held_) return;
    bool const external = accepts_external();
    auto vector = external ? asked_interrupt_ : std::nullopt;
    bool const from_apic = !vector && vm_.local_apics();
    if (from_apic) vector = apic_.pending();
    if (vector && halted_ && cpu_.interruptible()) halted_ = false;
    if (!vector) return cpu_.want_window(external && run_page().request_interrupt_window != 0);
    if (!cpu_.interruptible()) return cpu_.want_window(true);
    cpu_.inject({.type = engine::Injection::Type::Interrupt, .vector = *vector, .error_code = {}});
    if (from_apic)
        apic_.accept(*vector);
    else
        asked_interrupt_.reset();
}

void Vcpu::take_dirty_registers() {
    auto& run = run_page();
    if (run.kvm_dirty_regs == 0 || protected_) return;
    auto registers = cpu_.registers();
    if ((run.kvm_dirty_regs & KVM_SYNC_X86_REGS) != 0) set_general(registers, run.s.regs.regs);
    if ((run.kvm_dirty_regs & KVM_SYNC_X86_SREGS) != 0) set_special(registers, run.s.regs.sregs);
    cpu_.set_registers(registers);
    run.kvm_dirty_regs = 0;
}

void Vcpu::show_registers() {
    auto& run = run_page();
    auto const registers = cpu_.registers();
    bool const can = cpu_.interruptible() && !asked_interrupt_ && accepts_external();
    run.ready_for_interrupt_injection = can ? 1 : 0;
    run.if_flag = (registers.rflags >> 9 & 1) != 0;
    if (protected_) return;
    if ((run.kvm_valid_regs & KVM_SYNC_X86_REGS) != 0) run.s.regs.regs = general_of(registers);
    if ((run.kvm_valid_regs & KVM_SYNC_X86_SREGS) != 0) run.s.regs.sregs = special_of(registers);
}

// info1 is that of the IOIO intercept (APM volume 2, 15.10.2).
void Vcpu::exit_io(
    std::uint64_t info1, std::uint64_t value, std::function<void(std::uint64_t)> received
) {
    auto& run = run_page();
    bool const in = (info1 & 1) != 0;
    run.io.direction = in ? KVM_EXIT_IO_IN : KVM_EXIT_IO_OUT;
    run.io.size = static_cast<std::uint8_t>(info1 >> 4 & 7);
    run.io.port = static_cast<std::uint16_t>(info1 >> 16);
    run.io.count = 1;
    run.io.data_offset = port_data;
    store(run_.bytes(), port_data, in ? std::uint64_t{0} : value);
    auto const size = run.io.size;
    if (in)
        then([this, size, received = std::move(received)] {
            received(load<std::uint64_t>(run_.bytes(), port_data) & ((1ULL << size * 8) - 1));
        });
    exit(KVM_EXIT_IO);
}

void Vcpu::exit_memory_fault(std::uint64_t guest_physical, bool private_access, long outcome) {
    auto& run = run_page();
    log_step(
        "tee-model: memory fault at %#lx, %s, rip %#lx\n",
        guest_physical,
        private_access ? "private" : "shared",
        cpu_.rip()
    );
    MemoryFault const fault{
        .flags = private_access ? memory_exit_private : 0,
        .gpa = page_of(guest_physical),
        .size = page_size
    };
    std::memcpy(run.padding, &fault, sizeof fault); // the union
    exit(exit_memory_fault_reason, outcome);
}

// After the instruction that has ended it.
void Vcpu::exit_end_of_interrupt(std::uint8_t vector) {
    run_page().eoi.vector = vector;
    exit(KVM_EXIT_IOAPIC_EOI);
    engine::Cpu::stop();
}

// The scale and offset that KVM gives a guest are the host's to change, but for a guest whose VMSA
// holds its own.
std::uint64_t Vcpu::time_stamp(engine::Cpu&) {
    auto const* const guest = vm_.snp();
    if (guest == nullptr || guest->has_secure_tsc()) return kvm::time_stamp();
    return snp::Hostile::own().counter(*this, kvm::time_stamp());
}

} // namespace model::kvm
