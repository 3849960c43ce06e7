#pragma once

// KVM: a virtual machine without protection from the host.

#include "host/vmm/launch/order.hpp"
#include "host/vmm/probe/check.hpp"
#include "host/vmm/probe/machine.hpp"
#include "os/failure.hpp"
#include "protocol/evidence/evidence.hpp"

namespace host::vmm {

Report probe_kvm(Machine const& machine);

// Any static-pie, as `enarx exec` runs it.
struct ProgramOrder {
    struct Folder {
        os::Fd descriptor;
        Rights rights;
    };
    std::string program; // path
    std::vector<std::string> arguments;
    std::vector<std::string> environment; // K=V
    std::vector<Folder> folders;          // descriptors 3, 4, ... of the program
    std::optional<std::uint64_t> memory_limit = {};
    std::optional<std::uint64_t> timeout_ms = {};
    std::optional<std::uint32_t> max_threads = {}; // at the same time
    KeepWish keep = {};
};

// The same for a program.
os::Failure launch_program(ProgramOrder const& order);

// Runs the order in a Keep; this process ends as exec does. Returns only if there is no Keep.
os::Failure launch_kvm(LaunchOrder const& order);

// What evidence of such a Keep will hold as its measurement. Takes no /dev/kvm.
os::OrFailure<protocol::evidence::Measurement> measure_kvm(KeepWish const& keep);
// Of this installation's Keeps of both shims; what is not installed is passed over.
std::vector<protocol::evidence::Measurement> measure_kvm_shims();

} // namespace host::vmm
