// AMD64 Architecture Programmer's Manual, volume 3, appendix E.4.17: CPUID 8000001F. What decides
// is asked of KVM and of the secure processor; what CPUID says is to tell what is missing.

#include "host/vmm/backend/snp/snp.hpp"

#include "host/vmm/backend/kvm/ioctl.hpp"
#include "host/vmm/backend/snp/platform.hpp"
#include "host/vmm/probe/common.hpp"
#include "hw/snp/vmsa.hpp"
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
            {.name = "Secure TSC (--secure-tsc)",
             .pass = true,
             .info = features && (*features & hw::snp::secure_tsc) != 0
                         ? "offered"
                         : "not offered: a Keep's clock goes as the host lets it"},
            {.name = "Bits of a guest policy",
             .pass = !policy || (*policy & snp::usual_policy) == snp::usual_policy,
             .info = told(policy),
             .advice = "Keeps ask for policy 0x30000 unless told otherwise (--guest-policy)."}
        }
    };
}

// By the kernel's accounts (cgroup controller misc); else by the ASIDs that the processor has for
// guests with encrypted state, and the guests that its firmware counts.
Check check_room(Machine const& machine, base::Result<snp::PlatformStatus> const& status) {
    auto room = snp::room_for_guests(machine);
    bool const accounted = room.has_value();
    auto first_other = snp::seen_by_guests(machine, encryption_leaf).edx;
    if (first_other == 0) first_other = machine.cpuid(encryption_leaf, 0).edx;
    if (!room && status && first_other > 1)
        room = snp::Room{.capacity = first_other - 1, .used = status->guest_count};
    if (!room)
        return {
            .name = "Keeps at a time",
            .pass = true,
            .info = "neither the kernel (cgroup controller misc) nor the firmware says"
        };
    // A host that is full now is no host that cannot: a service on it starts, and a launch that
    // finds no ASID is told by its own name.
    return {
        .name = "Keeps at a time",
        .pass = true,
        .info = fmt::format(
            "{} of {} free{}{}",
            room->free(),
            room->capacity,
            accounted ? "" : ", as processor and firmware count",
            room->free() == 0 ? "; a guest has to end first" : ""
        )
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

} // namespace

Report probe_snp(Machine const& machine) {
    auto const status = snp::platform_status(machine);
    Report report;
    report.platform.push_back(check_driver(machine, status));
    report.platform.push_back(check_kvm(machine, snp_vm, new_kernel));
    auto const seen = snp::seen_by_guests(machine, encryption_leaf);
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
    report.setup = {check_sev_access(machine, status), check_room(machine, status)};
    return report;
}

} // namespace host::vmm
