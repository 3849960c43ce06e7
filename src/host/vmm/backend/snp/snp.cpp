// AMD64 Architecture Programmer's Manual, volume 3, appendix E.4.17: CPUID 8000001F. What decides
// is asked of KVM and of the secure processor; what CPUID says is to tell what is missing.

#include "host/vmm/backend/snp/snp.hpp"

#include "host/vmm/backend/kvm/ioctl.hpp"
#include "host/vmm/backend/snp/platform.hpp"
#include "host/vmm/probe/common.hpp"
#include "protocol/launch/snp.hpp"

#include <array>
#include <optional>

#include <fmt/format.h>

namespace host::vmm {

namespace {

using protocol::launch::snp::c_bit;

constexpr int snp_vm = 4; // KVM_X86_SNP_VM
constexpr std::uint32_t encryption_leaf = 0x8000'001f;
constexpr std::string_view firmware =
    "Enable SME, SEV-ES and SEV-SNP in the firmware's CPU settings (SMEE, \"SEV-SNP Support\", "
    "\"RMP Table\"), and start the kernel with mem_encrypt=on kvm_amd.sev=1.";
constexpr std::string_view new_kernel = "Use Linux 6.11 or later as the host's kernel. ";
constexpr std::string_view certificates = "/var/cache/amd-sev";

// What KVM lets a guest see of a leaf. All zeros: it has none, or this user may not ask.
CpuId seen_by_guests(Machine const& machine, std::uint32_t leaf) {
    constexpr std::uint32_t most = 256;
    struct {
        std::uint32_t count = most;
        std::uint32_t padding = 0;
        std::array<kvm_cpuid_entry2, most> entries{};
    } table;
    // Safety: KVM takes addresses as numbers; the table lives as long as the call.
    auto const address = reinterpret_cast<unsigned long>(&table);
    if (!machine.ask(machine.path("/dev/kvm"), kvm::get_supported_cpuid, address)) return {};
    for (auto const& entry : std::span{table.entries}.first(std::min(table.count, most)))
        if (entry.function == leaf)
            return {.eax = entry.eax, .ebx = entry.ebx, .ecx = entry.ecx, .edx = entry.edx};
    return {};
}

Checks addresses(CpuId const& leaf) {
    auto const bit = leaf.ebx & 0x3f;
    return {
        {.name = "Physical address bit reduction",
         .pass = true,
         .info = std::to_string(leaf.ebx >> 6 & 0x3f)},
        {.name = "C-bit location in page table entry",
         .pass = bit == c_bit,
         .info = std::to_string(bit),
         .advice = "This build's Keeps are made for bit " + std::to_string(c_bit) +
                   ", which is part of what is measured."},
    };
}

// What the processor lacks, where KVM offers no such machines.
Check check_cpu(Machine const& machine) {
    auto cpu = check_vendor(machine, "AuthenticAMD", "AMD");
    if (!cpu.pass) return cpu;
    auto const leaf = machine.cpuid(encryption_leaf, 0);
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
    cpu.parts[2].parts = {
        {.name = "Encrypted guests at a time", .pass = true, .info = std::to_string(leaf.ecx)},
        {.name = "Lowest ASID without SEV-ES", .pass = true, .info = std::to_string(leaf.edx)},
    };
    return cpu;
}

Check check_firmware(snp::PlatformStatus const& status) {
    auto const version = fmt::format("{}.{}", status.api_major, status.api_minor);
    Check check{
        .name = "Firmware of the secure processor",
        .pass = true,
        .info = fmt::format("interface {}, build {}", version, status.build_id)
    };
    check.parts = {
        {.name = "It is 1.51 or later",
         .pass = status.new_enough(),
         .info = version,
         .advice = "Update the host's firmware, or give the kernel a newer one for the secure "
                   "processor (/lib/firmware/amd/)."},
        {.name = "It is initialised for SEV-SNP",
         .pass = status.initialised(),
         .info = fmt::format("state {}", status.state),
         .advice = std::string{firmware}},
        {.name = "SEV-SNP guests now", .pass = true, .info = std::to_string(status.guest_count)},
        {.name = "Reported TCB", .pass = true, .info = hexadecimal(status.reported_tcb)},
        {.name = "Current TCB", .pass = true, .info = hexadecimal(status.current_tcb)},
    };
    return check;
}

Check check_parameter_if_told(Machine const& machine) {
    auto check = check_parameter(
        machine,
        "SEV-SNP is enabled in the kernel",
        "/sys/module/kvm_amd/parameters/sev_snp",
        std::string{new_kernel} + std::string{firmware}
    );
    // KVM itself is asked as well.
    check.pass = check.pass || check.info.empty();
    if (check.info.empty()) check.info = "the kernel does not say";
    return check;
}

Check check_driver(Machine const& machine, base::Result<snp::PlatformStatus> const& status) {
    auto driver = check_file(
        machine,
        "Driver /dev/sev",
        "/dev/sev",
        std::string{firmware} + " The module ccp must have found the security processor."
    );
    // What cannot be opened, or does not answer, is there all the same.
    if (status || status.error() != base::Errno::NoEnt) {
        driver.pass = true;
        driver.info = "/dev/sev";
    }
    driver.parts.push_back(check_parameter_if_told(machine));
    if (status)
        driver.parts.push_back(check_firmware(*status));
    else if (driver.pass && status.error() != base::Errno::Access)
        driver.parts.push_back(
            {.name = "Firmware of the secure processor",
             .info = std::string{os::description(status.error())},
             .advice = std::string{firmware}}
        );
    return driver;
}

// Attributes of /dev/kvm, group 1 (arch/x86/include/uapi/asm/kvm.h). Nothing: the kernel does not
// know of it.
std::optional<std::uint64_t> attribute(Machine const& machine, std::uint64_t number) {
    constexpr unsigned long get_device_attribute = 0x4018'aee2;
    std::uint64_t value = 0;
    // Safety: as above.
    kvm_device_attr wish{
        .flags = 0, .group = 1, .attr = number, .addr = reinterpret_cast<std::uint64_t>(&value)
    };
    if (!machine.ask(
            machine.path("/dev/kvm"), get_device_attribute, reinterpret_cast<unsigned long>(&wish)
        ))
        return {};
    return value;
}

Check check_launch(Machine const& machine) {
    constexpr std::uint64_t vmsa_features = 0;
    constexpr std::uint64_t policy_bits = 1; // Linux 7.3
    constexpr std::string_view untold = "the kernel does not say";
    auto const told = [&](std::optional<std::uint64_t> const& value) {
        return value ? hexadecimal(*value) : std::string{untold};
    };
    auto const features = attribute(machine, vmsa_features);
    auto const policy = attribute(machine, policy_bits);
    return {
        .name = "What KVM takes of a launch",
        .pass = true,
        .parts = {
            {.name = "Features of a VMSA", .pass = true, .info = told(features)},
            {.name = "Bits of a guest policy",
             .pass = !policy || (*policy & snp::usual_policy) == snp::usual_policy,
             .info = told(policy),
             .advice = "Keeps ask for policy 0x30000 unless told otherwise (--guest-policy)."}
        }
    };
}

Check check_room(Machine const& machine) {
    auto const room = snp::room_for_guests(machine);
    if (!room)
        return {
            .name = "Keeps at a time",
            .pass = true,
            .info = "the kernel does not say (no cgroup controller misc)"
        };
    return {
        .name = "Keeps at a time",
        .pass = room->free() != 0,
        .info = fmt::format("{} of {} free", room->free(), room->capacity),
        .advice = "Each encrypted guest has an ASID of its own, and all are in use: end one."
    };
}

Check check_sev_access(Machine const& machine, base::Result<snp::PlatformStatus> const& status) {
    auto check = check_device_access(machine, "/dev/sev", "kvm");
    check.pass = status || status.error() != base::Errno::Access;
    check.info = check.pass ? "" : std::string{os::description(base::Errno::Access)};
    check.advice =
        "It is root's unless somebody says otherwise. A rule for udev that gives it to a "
        "group: KERNEL==\"sev\", GROUP=\"kvm\", MODE=\"0660\"; then join that group.";
    return check;
}

// Whoever verifies can fetch them as well: a Keep does not need them.
Check check_certificates(Machine const& machine) {
    bool const there = machine.any_file(certificates, "vcek-");
    return {
        .name = "Certificates of this chip beside its evidence",
        .pass = true,
        .info = there ? std::string{certificates}
                      : "none: whoever verifies fetches them from AMD's key distribution service"
    };
}

} // namespace

Report probe_snp(Machine const& machine) {
    auto const status = snp::platform_status(machine);
    Report report;
    report.platform.push_back(check_driver(machine, status));
    report.platform.push_back(check_kvm(machine, snp_vm, new_kernel));
    auto const seen = seen_by_guests(machine, encryption_leaf);
    if (report.platform.back().all_pass() && seen.ebx != 0)
        report.platform.push_back(
            {.name = "Memory encryption, as KVM shows it to guests",
             .pass = true,
             .parts = addresses(seen)}
        );
    else {
        report.platform.push_back(check_cpu(machine));
        if (auto const leaf = machine.cpuid(encryption_leaf, 0); leaf.eax != 0)
            for (auto& part : addresses(leaf)) report.platform.back().parts.push_back(part);
    }
    if (!report.platform.front().pass) return report;
    if (report.platform[1].all_pass()) report.platform.push_back(check_launch(machine));
    report.platform.push_back(check_certificates(machine));
    report.setup = {check_sev_access(machine, status), check_room(machine)};
    return report;
}

} // namespace host::vmm
