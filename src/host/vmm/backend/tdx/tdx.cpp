#include "host/vmm/backend/tdx/tdx.hpp"

#include "host/vmm/probe/common.hpp"

namespace host::vmm {

namespace {

constexpr int tdx_vm = 5; // KVM_X86_TDX_VM
constexpr std::string_view kernel =
    "Use Linux 6.16 or later as the host's kernel, and start it with kvm_intel.tdx=1.";

} // namespace

Report probe_tdx(Machine const& machine) {
    Report report;
    auto cpu = check_vendor(machine, "GenuineIntel", "Intel");
    if (cpu.pass)
        cpu.parts.push_back(check_parameter(
            machine,
            "TDX is enabled in the kernel",
            "/sys/module/kvm_intel/parameters/tdx",
            "Enable TDX, TME-MT and SEAM in the firmware (a Xeon of the 5th generation or "
            "later). " +
                std::string{kernel}
        ));
    report.platform.push_back(check_kvm(machine, tdx_vm, kernel));
    report.platform.push_back(std::move(cpu));
    if (!all_pass(report.platform)) return report;
    report.setup = {
        check_device_access(machine, "/dev/kvm", "kvm"),
        check_file(
            machine,
            "Quote generation service",
            "/var/run/tdx-qgs/qgs.socket",
            "Install and start Intel's quote generation service (package tdx-qgs)."
        ),
    };
    return report;
}

} // namespace host::vmm
