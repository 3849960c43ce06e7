#include "host/vmm/probe/common.hpp"

#include "os/failure.hpp"

#include <array>
#include <charconv>

#include <linux/kvm.h>
#include <unistd.h>

namespace host::vmm {

namespace {

constexpr int api_version = 12; // the only one since Linux 2.6.22
constexpr std::string_view kvm_device = "/dev/kvm";

constexpr unsigned long cap_vm_types =
    235; // KVM_CAP_VM_TYPES; the headers of Linux 6.1 do not have it

Check check_api(Machine const& machine) {
    auto const version = machine.ask(machine.path(kvm_device), KVM_GET_API_VERSION, 0);
    // Who may not open it can be told how to: that is set-up, not what the host lacks.
    if (!version && version.error() == base::Errno::Access)
        return {.name = "API version", .pass = true, .info = "unknown to this user"};
    if (!version)
        return {.name = "API version", .info = std::string{os::description(version.error())}};
    return {
        .name = "API version", .pass = *version == api_version, .info = std::to_string(*version)
    };
}

Check check_vm_type(Machine const& machine, int type, std::string_view advice) {
    auto const types = machine.ask(machine.path(kvm_device), KVM_CHECK_EXTENSION, cap_vm_types);
    bool const there = types && (static_cast<unsigned>(*types) >> type & 1U) != 0;
    return {
        .name = "KVM offers virtual machines of type " + std::to_string(type),
        .pass = there,
        .advice = std::string{advice}
    };
}

} // namespace

std::string hexadecimal(std::uint64_t value) {
    std::array<char, 16> digits{};
    auto const end = std::to_chars(digits.data(), digits.data() + digits.size(), value, 16).ptr;
    return "0x" + std::string{digits.data(), end};
}

Check check_vendor(Machine const& machine, std::string_view vendor, std::string_view title) {
    auto const brand = machine.brand();
    return {
        .name = "CPU of " + std::string{title},
        .pass = machine.vendor() == vendor,
        .info = brand.empty() ? machine.vendor() : brand,
        .advice = "Use a host with a processor of " + std::string{title} + '.'
    };
}

Check check_bit(std::string name, std::uint32_t value, unsigned bit, std::string advice) {
    return {.name = std::move(name), .pass = (value >> bit & 1U) != 0, .advice = std::move(advice)};
}

Check check_kvm(Machine const& machine, int vm_type, std::string_view type_advice) {
    auto check = check_file(
        machine,
        "Driver /dev/kvm",
        kvm_device,
        "Enable virtualisation (SVM or VT-x) in the firmware and load kvm_amd or kvm_intel; in a "
        "virtual machine, have its "
        "host allow nested virtualisation."
    );
    if (!check.pass) return check;
    check.parts.push_back(check_api(machine));
    if (vm_type >= 0) check.parts.push_back(check_vm_type(machine, vm_type, type_advice));
    return check;
}

Check check_device_access(Machine const& machine, std::string_view device, std::string_view group) {
    auto const allowed = machine.access(device, R_OK | W_OK);
    return {
        .name = std::string{device} + " can be read and written by this user",
        .pass = allowed.has_value(),
        .info = allowed ? std::string{} : std::string{os::description(allowed.error())},
        .advice = "Join the group that owns it (`sudo usermod -aG " + std::string{group} +
                  " $USER`), then log in again."
    };
}

Check check_parameter(
    Machine const& machine, std::string name, std::string_view path, std::string advice
) {
    auto const value = machine.text_of(path);
    return {
        .name = std::move(name),
        .pass = value == "Y" || value == "1",
        .info = value,
        .advice = std::move(advice)
    };
}

Check check_file(
    Machine const& machine, std::string name, std::string_view path, std::string advice
) {
    auto const there = machine.access(path, F_OK);
    return {
        .name = std::move(name),
        .pass = there.has_value(),
        .info = there ? std::string{path} : std::string{os::description(there.error())},
        .advice = std::move(advice)
    };
}

} // namespace host::vmm
