// A virtual processor: KVM_RUN on a thread of its own, the exits, and what the engine asks.
#pragma once
#include "base/pages.hpp"
#include "engine/cpu.hpp"
#include "kvm/apic.hpp"
#include "kvm/call.hpp"
#include "kvm/uapi.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace model::kvm {

class Vm;

class Vcpu final : public Object, public engine::World {
public:
    Vcpu(Vm&, std::uint32_t id);
    ~Vcpu() override;
    Reply ioctl(Context&) override;
    int file() const { return run_.file(); }
    std::uint32_t id() const { return id_; }
    Vm& vm() { return vm_; }
    engine::Cpu& cpu() { return cpu_; }
    Apic& apic() { return apic_; }

    /// The call that waits in KVM_RUN, or 0; and its end by a signal.
    std::uint64_t running_call() const { return call_; }
    void interrupt();
    /// Something may have happened that it waits for.
    void kick();

    /// The thread that has called KVM_RUN last.
    pid_t caller() const { return caller_; }
    std::span<std::byte const> run_bytes() const { return run_.bytes(); }
    /// Within another processor's turn: it runs although nobody has called KVM_RUN, until it leaves
    /// or the time is over. What it leaves for is lost.
    void run_for_host(std::chrono::milliseconds);

    /// An exit to user space with this reason; run() returns `outcome`.
    void exit(std::uint32_t reason, long outcome = 0);
    kvm_run& run_page() {
        return *reinterpret_cast<kvm_run*>(run_.bytes().data());
    } // Safety: the page is laid out so
    /// What is to be done when user space has handled the exit.
    void then(std::function<void()> completion) { completion_ = std::move(completion); }
    void
    exit_io(std::uint64_t info1, std::uint64_t value, std::function<void(std::uint64_t)> received);
    void
    exit_memory_fault(std::uint64_t guest_physical, bool private_access, long outcome = -EFAULT);
    void exit_end_of_interrupt(std::uint8_t vector);
    void halt() { halted_ = true; }
    /// Nothing but a start (STARTUP, or a state of the guest's making) ends this halt.
    void hold() {
        halted_ = true;
        held_ = true;
    }
    /// STARTUP: it begins at the state that it was launched with, or goes on where it holds.
    void start_up();
    void start_running() {
        halted_ = false;
        held_ = false;
        mp_state_ = KVM_MP_STATE_RUNNABLE;
    }
    /// SNP: the state is in the VMSA and no longer for user space.
    void protect() { protected_ = true; }
    bool protected_state() const { return protected_; }
    /// What user space has told KVM that CPUID says.
    std::array<std::uint32_t, 4> cpuid(std::uint32_t leaf, std::uint32_t sub_leaf) const;
    /// An MSR that KVM emulates; null: the guest gets #GP.
    std::optional<std::uint64_t> read_msr(std::uint32_t index);
    bool write_msr(std::uint32_t index, std::uint64_t value);

    // engine::World
    std::byte* page(engine::Physical) override;
    std::optional<engine::Physical>
    translate(engine::Cpu&, std::uint64_t, engine::Access, bool table, engine::Answer&) override;
    engine::Answer intercept(engine::Cpu&, engine::Exit const&) override;
    std::optional<engine::Answer> unknown(engine::Cpu&, std::span<std::byte const>) override;
    bool device(engine::Cpu&, engine::Physical, std::span<std::byte>, bool store) override;
    std::uint64_t time_stamp(engine::Cpu&) override;

private:
    void work();
    long run_once();
    void take_dirty_registers();
    void show_registers();
    void deliver_interrupts();
    bool accepts_external() const;
    void wait_for_kick();
    long run_engine();
    bool watched(engine::Physical, std::span<std::byte>, bool store);
    engine::Answer port(engine::Exit const&);
    engine::Answer hypercall(engine::Cpu&);
    Reply registers_call(Context&);
    Reply state_call(Context&);
    Reply apic_call(Context&);
    Reply extended_state_call(Context&);
    Reply set_cpuid(Context&);
    Reply msrs(Context&, bool store);
    Reply start(Context&);
    Reply pre_fault(Context&);

    Vm& vm_;
    std::uint32_t id_;
    Pages run_;
    engine::Cpu cpu_;
    Apic apic_;
    std::vector<kvm_cpuid_entry2> cpuid_;
    std::function<void()> completion_;
    std::optional<long> outcome_; // of this KVM_RUN
    std::optional<long> unseen_;  // of one before that a signal has hidden from user space
    bool halted_ = false;
    bool held_ = false;
    bool protected_ = false;
    std::uint32_t mp_state_ = KVM_MP_STATE_RUNNABLE;
    std::optional<std::uint8_t> asked_interrupt_; // KVM_INTERRUPT
    std::optional<std::array<std::byte, 8>> device_answer_;

    std::mutex mutex_;
    std::condition_variable changed_;
    std::atomic<std::uint64_t> call_{0};
    front::Listener* listener_ = nullptr;
    pid_t caller_ = 0;
    std::atomic<bool> interrupted_{false};
    bool kicked_ = false;
    bool ending_ = false;
    std::thread thread_;
};

} // namespace model::kvm
