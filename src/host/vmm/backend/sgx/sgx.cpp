// Intel SDM volume 3D, 35.7.2: CPUID 12H.

#include "host/vmm/backend/sgx/sgx.hpp"

#include "host/vmm/probe/common.hpp"

namespace host::vmm {

namespace {

constexpr std::uint32_t leaf_sgx = 0x12;
constexpr std::string_view firmware =
    "Enable SGX, and flexible launch control, in the firmware; a Xeon also needs TME for it.";

// Sub-leaves from 2 on: a section of the enclave page cache each, as long as the type is 1.
std::uint64_t enclave_memory(Machine const& machine) {
    constexpr std::uint32_t first = 2;
    constexpr std::uint32_t most = 32;
    std::uint64_t bytes = 0;
    for (std::uint32_t i = first; i < first + most; ++i) {
        auto const section = machine.cpuid(leaf_sgx, i);
        if ((section.eax & 0xf) != 1) break;
        bytes += (std::uint64_t{section.edx & 0xfffff} << 32) | (section.ecx & 0xfffff000);
    }
    return bytes;
}

std::string attributes(std::uint32_t high, std::uint32_t low) {
    return hexadecimal((std::uint64_t{high} << 32) | low);
}

Check check_support(Machine const& machine) {
    auto support = check_bit("SGX", machine.cpuid(7, 0).ebx, 2, std::string{firmware});
    if (!support.pass) return support;
    auto const general = machine.cpuid(leaf_sgx, 0);
    auto const secs = machine.cpuid(leaf_sgx, 1);
    auto const memory = enclave_memory(machine);
    support.parts = {
        check_bit("Version 1", general.eax, 0, std::string{firmware}),
        check_bit(
            "Version 2 (dynamic memory)",
            general.eax,
            1,
            "Use a Xeon of the 3rd generation or later."
        ),
        check_bit("Flexible launch control", machine.cpuid(7, 0).ecx, 30, std::string{firmware}),
        {.name = "Largest enclave, 32-bit",
         .pass = true,
         .info = hexadecimal(1ULL << (general.edx & 0x3f))},
        {.name = "Largest enclave, 64-bit",
         .pass = true,
         .info = hexadecimal(1ULL << (general.edx >> 8 & 0x3f))},
        {.name = "MISCSELECT", .pass = true, .info = hexadecimal(general.ebx)},
        {.name = "Attributes", .pass = true, .info = attributes(secs.ebx, secs.eax)},
        {.name = "XFRM", .pass = true, .info = attributes(secs.edx, secs.ecx)},
        {.name = "Enclave page cache",
         .pass = memory > 0,
         .info = std::to_string(memory >> 20) + " MiB",
         .advice = "Set the size of the processor reserved memory (PRMRR) in the firmware."},
    };
    return support;
}

} // namespace

Report probe_sgx(Machine const& machine) {
    Report report;
    report.platform.push_back(check_file(
        machine,
        "Driver /dev/sgx_enclave",
        "/dev/sgx_enclave",
        std::string{firmware} + " The driver is in Linux since 5.11; version 2 needs 6.0."
    ));
    auto cpu = check_vendor(machine, "GenuineIntel", "Intel");
    if (cpu.pass) cpu.parts.push_back(check_support(machine));
    report.platform.push_back(std::move(cpu));
    if (!report.platform.front().pass) return report;
    report.setup = {
        check_device_access(machine, "/dev/sgx_enclave", "sgx"),
        check_file(
            machine,
            "Service for quotes (AESM)",
            "/var/run/aesmd/aesm.socket",
            "Install and start Intel's service: sgx-aesm-service."
        ),
        check_file(
            machine,
            "Revocation lists of Intel",
            "/var/cache/intel-sgx/crls.der",
            "Download them from Intel's provisioning certification service "
            "(api.trustedservices.intel.com)."
        ),
        check_file(
            machine,
            "TCB of this platform",
            "/var/cache/intel-sgx/tcb.der",
            "Download it from Intel's provisioning certification service "
            "(api.trustedservices.intel.com)."
        ),
    };
    return report;
}

} // namespace host::vmm
