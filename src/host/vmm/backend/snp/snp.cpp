// AMD64 Architecture Programmer's Manual, volume 3, appendix E.4.17: CPUID 8000001F.

#include "host/vmm/backend/snp/snp.hpp"

#include "host/vmm/probe/common.hpp"
#include "protocol/launch/snp.hpp"

namespace host::vmm {

namespace {

constexpr int snp_vm = 4; // KVM_X86_SNP_VM
constexpr std::string_view firmware =
    "Enable SME, SEV-ES and SEV-SNP in the firmware's CPU settings (SMEE, \"SEV-SNP Support\", "
    "\"RMP Table\"), and start the kernel with mem_encrypt=on kvm_amd.sev=1.";

Check check_cpu(Machine const& machine) {
    auto cpu = check_vendor(machine, "AuthenticAMD", "AMD");
    if (!cpu.pass) return cpu;
    auto const leaf = machine.cpuid(0x8000001f, 0);
    std::string const advice{firmware};
    cpu.parts = {
        {.name = "EPYC",
         .pass = machine.brand().contains("EPYC"),
         .info = machine.brand(),
         .advice = "SEV-SNP needs an EPYC 7003 or later."},
        check_bit("Secure Memory Encryption (SME)", leaf.eax, 0, advice),
        check_bit("Secure Encrypted Virtualization (SEV)", leaf.eax, 1, advice),
        check_bit("SEV Encrypted State (SEV-ES)", leaf.eax, 3, advice),
        check_bit("Secure Nested Paging (SEV-SNP)", leaf.eax, 4, advice),
    };
    if (leaf.eax == 0) return cpu;
    cpu.parts[1].parts = {
        {.name = "Physical address bit reduction",
         .pass = true,
         .info = std::to_string(leaf.ebx >> 6 & 0x3f)},
        {.name = "C-bit location in page table entry",
         .pass = (leaf.ebx & 0x3f) == protocol::launch::snp::c_bit,
         .info = std::to_string(leaf.ebx & 0x3f),
         .advice = "This build's Keeps are made for bit " +
                   std::to_string(protocol::launch::snp::c_bit) +
                   ", which is part of what is measured."},
    };
    cpu.parts[2].parts = {
        {.name = "Encrypted guests at a time", .pass = true, .info = std::to_string(leaf.ecx)},
        {.name = "Lowest ASID without SEV-ES", .pass = true, .info = std::to_string(leaf.edx)},
        check_bit("Page flush register", leaf.eax, 2),
    };
    // The register is a convenience of the processor; no Keep needs it.
    cpu.parts[2].parts.back().pass = true;
    cpu.parts[2].parts.back().info = (leaf.eax >> 2 & 1U) != 0 ? "yes" : "no";
    return cpu;
}

Check check_driver(Machine const& machine) {
    auto driver = check_file(
        machine,
        "Driver /dev/sev",
        "/dev/sev",
        std::string{firmware} + " The module ccp must have found the security processor."
    );
    driver.parts.push_back(check_parameter(
        machine,
        "SEV-SNP is enabled in the kernel",
        "/sys/module/kvm_amd/parameters/sev_snp",
        "Use Linux 6.11 or later as the host's kernel. " + std::string{firmware}
    ));
    return driver;
}

} // namespace

Report probe_snp(Machine const& machine) {
    Report report;
    report.platform.push_back(check_driver(machine));
    report.platform.push_back(
        check_kvm(machine, snp_vm, "Use Linux 6.11 or later as the host's kernel.")
    );
    report.platform.push_back(check_cpu(machine));
    if (!report.platform.front().pass) return report;
    report.setup = {
        check_device_access(machine, "/dev/sev", "kvm"),
        {.name = "Certificate of this chip (VCEK)",
         .pass = machine.any_file("/var/cache/amd-sev", "vcek-"),
         .advice = "Download it from AMD's key distribution service (kdsintf.amd.com) into "
                   "/var/cache/amd-sev/."},
        check_file(
            machine,
            "Revocation lists of AMD",
            "/var/cache/amd-sev/crls.der",
            "Download them from AMD's key distribution service "
            "(kdsintf.amd.com/vcek/v1/PRODUCT/crl)."
        ),
    };
    return report;
}

} // namespace host::vmm
