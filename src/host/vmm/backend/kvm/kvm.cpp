#include "host/vmm/backend/kvm/kvm.hpp"

#include "host/vmm/probe/common.hpp"

namespace host::vmm {

namespace {

// Intel SDM volume 2, CPUID: leaf 7 EBX bit 0, leaf 1 ECX bit 30.
Check check_cpu(Machine const& machine) {
    Check cpu{
        .name = "CPU",
        .pass = true,
        .info = machine.brand().empty() ? machine.vendor() : machine.brand()
    };
    cpu.parts.push_back(check_bit(
        "FSGSBASE instructions", machine.cpuid(7, 0).ebx, 0, "Use a processor of 2013 or later."
    ));
    cpu.parts.push_back(check_bit(
        "RDRAND instruction", machine.cpuid(1, 0).ecx, 30, "Use a processor of 2013 or later."
    ));
    return cpu;
}

} // namespace

Report probe_kvm(Machine const& machine) {
    Report report;
    report.platform.push_back(check_kvm(machine));
    report.platform.push_back(check_cpu(machine));
    if (report.platform.front().pass)
        report.setup.push_back(check_device_access(machine, "/dev/kvm", "kvm"));
    return report;
}

} // namespace host::vmm
