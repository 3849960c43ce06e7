#pragma once

// One virtual CPU: KVM's descriptor for it and the page in which KVM says why it came back.

#include "host/vmm/backend/kvm/ioctl.hpp"
#include "host/vmm/backend/kvm/registers.hpp"

#include <cstddef>
#include <string>
#include <utility>

namespace host::vmm::kvm {

// What KVM_CAP_SYNC_REGS must offer: general and special registers through kvm_run.
inline constexpr std::uint64_t synchronised_registers = KVM_SYNC_X86_REGS | KVM_SYNC_X86_SREGS;

class Vcpu {
public:
    static base::Result<Vcpu> create(os::Fd const& machine, unsigned index, std::size_t run_size);

    Vcpu(Vcpu&& other) noexcept
        : cpu_{std::move(other.cpu_)},
          run_{std::exchange(other.run_, nullptr)},
          run_size_{other.run_size_},
          error_{other.error_},
          kick_pending_{other.kick_pending_} {}
    Vcpu& operator=(Vcpu&&) = delete;
    ~Vcpu();

    os::Fd const& descriptor() const { return cpu_; }

    // For the next run(). A call for each of them would cost some 8 us where ring 0 is emulated.
    void begin_with(Registers const& registers);

    enum class Exit { Doorbell, Interrupted, Other };
    Exit run();
    // Makes the present or next run() return at once.
    void interrupt() { __atomic_store_n(&run_->immediate_exit, 1, __ATOMIC_RELEASE); }
    // Of the thread that runs it: undoes interrupt(), before it looks at what that was for.
    void go_on() { __atomic_store_n(&run_->immediate_exit, 0, __ATOMIC_SEQ_CST); }
    // Of the thread that runs it: lets the vCPU take the kick's vector in one of its next runs, as
    // soon as it takes interrupts, which it does in the program only.
    void kick() { kick_pending_ = true; }
    // KVM met an instruction that it had to emulate and could not.
    bool not_emulated() const;
    std::string explain(); // why the last run() ended, for a failure
    // What KVM said as the last run() ended, and the error of the call itself; 0: none.
    kvm_run const& seen() const { return *run_; }
    int error() const { return error_; }

private:
    Vcpu(os::Fd cpu, kvm_run* run, std::size_t size)
        : cpu_{std::move(cpu)}, run_{run}, run_size_{size} {}

    os::Fd cpu_;
    kvm_run* run_ = nullptr;
    std::size_t run_size_ = 0;
    int error_ = 0;
    bool kick_pending_ = false;

    void inject_kick();
};

} // namespace host::vmm::kvm
