#pragma once

// A running Keep: made from a machine and a plan, it runs until its program ends.

#include "host/vmm/plan/plan.hpp"
#include "host/vmm/server/server.hpp"

#include <functional>
#include <memory>
#include <span>
#include <string_view>

namespace host::vmm {

namespace kvm {
class VirtualMachine;
} // namespace kvm

// Threads that a program in a Keep can have at the same time: each has a vCPU.
inline constexpr std::uint32_t most_threads = 256;

// How a Keep ended.
struct KeepEnd {
    std::uint8_t status = 0; // of the program, if signal is 0
    std::uint8_t signal = 0; // that ended the program
    bool out_of_memory = false;
};

struct KeepCosts {
    std::uint64_t exits = 0; // to the host, from the first instruction to the end
};

class Keep {
public:
    // `machine`: made of that plan. `log` takes the shim's lines.
    static os::OrFailure<Keep> create(
        std::unique_ptr<kvm::VirtualMachine> machine,
        Plan const& plan,
        Server& server,
        std::function<void(std::string_view)> log
    );
    Keep(Keep&&) noexcept;
    Keep& operator=(Keep&&) noexcept;
    ~Keep();

    // Runs on this thread, and on one more for each further vCPU, until the program ends or stop()
    // is called. The other threads end with the Keep's destruction.
    os::OrFailure<KeepEnd> run();
    // From any thread: the Keep ends as soon as it can, with this end.
    void stop(KeepEnd end);
    KeepCosts costs() const;
    // What it asks of KVM while it runs.
    std::span<unsigned long const> requests() const;

private:
    struct State;
    explicit Keep(std::unique_ptr<State> state);

    std::unique_ptr<State> state_;
};

} // namespace host::vmm
