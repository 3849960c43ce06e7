#include "host/vmm/backend/snp/exit.hpp"

#include "host/vmm/backend/snp/uapi.hpp"
#include "protocol/launch/snp.hpp"

#include <cerrno>
#include <cstring>

#include <fmt/format.h>

namespace host::vmm::snp {

using protocol::launch::snp::Termination;

namespace {

MemoryFault memory_fault(kvm_run const& seen) {
    MemoryFault fault;
    std::memcpy(&fault, &seen.padding, sizeof fault); // newer than Debian 12's headers
    return fault;
}

os::Failure wrong_side(kvm_run const& seen, int error) {
    auto const fault = memory_fault(seen);
    bool const as_own = (fault.flags & memory_fault_private) != 0;
    if (error == EHWPOISON)
        return {
            .name = "snp-memory-fault",
            .text =
                fmt::format("the host's memory is broken under the Keep's page {:#x}", fault.gpa)
        };
    return {
        .name = "snp-memory-fault",
        .text = fmt::format(
            "the Keep used its page {:#x} as {}, and this host gives it none there",
            fault.gpa,
            as_own ? "private memory" : "memory that the host shares"
        )
    };
}

std::string_view reason(Termination code) {
    switch (code) {
    case Termination::Stopped:
        return "it met what it does not go on from, and has said so before if the host let it";
    case Termination::NoSnp:
        return "the processor runs it with other features than its image was measured for";
    case Termination::CBit:
        return "the processor's C-bit is not the one that its image was made for";
    case Termination::GhcbProtocol:
        return "the host does not speak version 2 of the GHCB protocol";
    case Termination::GhcbRegistration:
        return "the host does not take its GHCB where it has to be";
    case Termination::GhcbAnswer:
        return "the host answered by its GHCB as the protocol does not allow";
    case Termination::Validation:
        return "a page that it took for its own was there already, or did not come: the host "
               "exchanges its memory";
    case Termination::Event:
        return "while its own code ran there was an event, which nobody but the host can have "
               "raised";
    case Termination::CpuidPage:
        return "the processor that it was shown lacks what it needs";
    case Termination::BootBlock:
        return "what the host says of the start is not what it can start from";
    case Termination::Cpus:
        return "the host ran more of its vCPUs than it has";
    case Termination::Randomness:
        return "the processor gives it no random numbers";
    }
    return {};
}

// AMD 56421, 2.3.1: set 0 is everybody's.
std::string_view general_reason(std::uint8_t code) {
    switch (code) {
    case 1:
        return "it does not speak the host's version of the GHCB protocol";
    case 2:
        return "the host lacks a feature that it needs";
    default:
        return "it asked for its end";
    }
}

std::string reason_of(std::uint8_t set, std::uint8_t code) {
    namespace snp = protocol::launch::snp;
    std::string why;
    if (set == 0) why = general_reason(code);
    if (set == snp::termination_set) why = reason(static_cast<Termination>(code));
    if (set == snp::event_set) why = fmt::format("{}, vector {}", reason(Termination::Event), code);
    return why.empty() ? "unknown" : why;
}

os::Failure ended_itself(std::uint64_t msr) {
    auto const set = static_cast<std::uint8_t>(msr >> 12 & 0xf);
    auto const code = static_cast<std::uint8_t>(msr >> 16);
    return {
        .name = "snp-keep-ended-itself",
        .text =
            fmt::format("the Keep ended itself, reason {}:{}: {}", set, code, reason_of(set, code))
    };
}

os::Failure not_entered(std::string_view what, std::uint64_t number) {
    return {
        .name = "snp-not-entered",
        .text = fmt::format("the processor does not run the Keep: {} {:#x}", what, number)
    };
}

os::Failure refused_run(int error) {
    if (error == ENOMEM)
        return {
            .name = "out-of-memory",
            .text = "the host has no memory left that it could give the Keep"
        };
    if (error == EINVAL)
        return {
            .name = "snp-ghcb-refused",
            .text =
                "KVM does not go on with the Keep: the GHCB by which it asked is not registered, "
                "or malformed"
        };
    return {
        .name = "keep-broken",
        .text = fmt::format("KVM does not run the Keep: {}", std::strerror(error))
    };
}

} // namespace

os::Failure explain_exit(kvm_run const& seen, int error) {
    bool const told = error == 0 || error == EFAULT || error == EHWPOISON;
    if (told && seen.exit_reason == exit_memory_fault) return wrong_side(seen, error);
    if (error != 0) return refused_run(error);
    switch (seen.exit_reason) {
    case KVM_EXIT_SYSTEM_EVENT:
        if (seen.system_event.type == event_sev_termination)
            return ended_itself(seen.system_event.data[0]);
        break;
    case KVM_EXIT_SHUTDOWN:
        return {
            .name = "snp-shutdown",
            .text =
                "the Keep's vCPU shut down: an event came that it could not even begin to answer"
        };
    case KVM_EXIT_HYPERCALL:
        return {
            .name = "snp-page-change",
            .text = fmt::format(
                "the Keep asked the host for hypercall {} on {:#x}; no page of a Keep ever changes "
                "sides",
                seen.hypercall.nr,
                seen.hypercall.args[0]
            )
        };
    case KVM_EXIT_FAIL_ENTRY:
        return not_entered("hardware reason", seen.fail_entry.hardware_entry_failure_reason);
    case KVM_EXIT_INTERNAL_ERROR:
        return not_entered("KVM's internal error", seen.internal.suberror);
    default:
        break;
    }
    return {
        .name = "keep-broken",
        .text = fmt::format(
            "KVM came back from the Keep with reason {}, for which a Keep has no use",
            seen.exit_reason
        )
    };
}

} // namespace host::vmm::snp
