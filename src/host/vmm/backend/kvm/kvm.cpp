#include "host/vmm/backend/kvm/kvm.hpp"

#include "host/vmm/backend/kvm/sealed.hpp"
#include "host/vmm/backend/kvm/shim_choice.hpp"
#include "host/vmm/probe/common.hpp"

#include <fmt/format.h>

namespace host::vmm {

namespace {

// Intel SDM volume 2, CPUID: leaf 7 EBX bit 0, leaf 1 ECX bit 30.
Check check_cpu(Machine const& machine) {
    Check cpu{.name = "CPU", .pass = true, .info = machine.vendor()};
    cpu.parts.push_back(check_bit(
        "FSGSBASE instructions", machine.cpuid(7, 0).ebx, 0, "Use a processor of 2013 or later."
    ));
    cpu.parts.push_back(check_bit(
        "RDRAND instruction", machine.cpuid(1, 0).ecx, 30, "Use a processor of 2013 or later."
    ));
    return cpu;
}

// Information: either way there is a Keep.
Check check_shim(Machine const& machine) {
    auto const* const info = emulates_ring0(machine)
                                 ? "deprivileged: this host emulates a guest's ring 0, so the shim "
                                   "runs beside the program in ring 3 and cannot keep it out"
                                 : "kvm: in a ring 0 of its own, the program in ring 3";
    return {.name = "Shim", .pass = true, .info = info};
}

Check check_sealed_memory(Machine const& machine) {
    auto const offered = machine.ask(
        machine.path("/dev/kvm"), KVM_CHECK_EXTENSION, kvm::capability_guest_memory_flags
    );
    bool const there =
        offered && kvm::enough_for_sealed_memory(static_cast<std::uint64_t>(*offered));
    return {
        .name = "Sealed memory",
        .pass = true,
        .info =
            there ? "yes" : "no: this takes a kernel of Linux 6.18 or later with KVM_GUEST_MEMFD"
    };
}

// What its first versions cannot hold, as they do not know of it (linux/landlock.h).
std::string_view lacking(int version) {
    constexpr std::string_view no_truncation =
        "; before version 3 (Linux 6.2) whoever controls that process can empty files of a "
        "read-only one";
    constexpr std::string_view no_moves =
        "; before version 3 (Linux 6.2) whoever controls that process can empty files of a "
        "read-only one, and before version 2 (Linux 5.19) names cannot be moved from one folder to "
        "another";
    if (version >= 3) return {};
    return version == 2 ? no_truncation : no_moves;
}

// Information: there is a Keep without it, but none with a directory of the host.
Check check_landlock(Machine const& machine) {
    Check check{.name = "Landlock", .pass = true, .info = {}};
    auto const version = machine.landlock();
    if (version == 0)
        check.info =
            "no: a Keep gets no directory of the host (--dir, source = \"host\"), as nothing "
            "would hold its process to that; this takes Linux 5.13 or later, started "
            "with landlock among its security modules (lsm=)";
    else
        check.info = fmt::format(
            "version {}: holds a Keep's process to the directories that it is given{}",
            version,
            lacking(version)
        );
    return check;
}

} // namespace

Report probe_kvm(Machine const& machine) {
    Report report;
    report.platform.push_back(check_kvm(machine));
    report.platform.push_back(check_cpu(machine));
    if (!report.platform.front().pass) return report;
    report.platform.push_back(check_shim(machine));
    report.platform.push_back(check_sealed_memory(machine));
    report.platform.push_back(check_landlock(machine));
    report.setup.push_back(check_device_access(machine, "/dev/kvm", "kvm"));
    return report;
}

} // namespace host::vmm
