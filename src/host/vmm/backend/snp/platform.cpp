#include "host/vmm/backend/snp/platform.hpp"

#include "host/vmm/backend/kvm/ioctl.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>

namespace host::vmm::snp {

namespace {

// include/uapi/linux/psp-sev.h.
struct [[gnu::packed]] Issue {
    std::uint32_t command;
    std::uint64_t data;
    std::uint32_t error;
};
static_assert(sizeof(Issue) == 16);
constexpr unsigned long issue_command = 0xc010'5300;
constexpr std::uint32_t command_id = 8;     // SEV_GET_ID2
constexpr std::uint32_t command_status = 9; // SNP_PLATFORM_STATUS

struct [[gnu::packed]] Id2 {
    std::uint64_t address;
    std::uint32_t length;
};

// Of a file of lines "NAME NUMBER" (cgroup-v2.rst, Misc).
std::optional<std::uint64_t> number_of(std::string_view lines, std::string_view name) {
    while (!lines.empty()) {
        auto const line = lines.substr(0, lines.find('\n'));
        lines.remove_prefix(std::min(lines.size(), line.size() + 1));
        if (!line.starts_with(name) || line.size() <= name.size() || line[name.size()] != ' ')
            continue;
        std::uint64_t number = 0;
        auto const* const end = line.data() + line.size();
        auto const [rest, error] = std::from_chars(line.data() + name.size() + 1, end, number);
        if (error == std::errc{} && rest == end) return number;
    }
    return {};
}

template <class T>
base::Result<void> ask_firmware(Machine const& machine, std::uint32_t command, T& data) {
    // Safety: the device takes addresses as numbers; both live as long as the call.
    Issue issue{.command = command, .data = reinterpret_cast<std::uint64_t>(&data), .error = 0};
    TRY(machine.ask(
        machine.path("/dev/sev"), issue_command, reinterpret_cast<unsigned long>(&issue)
    ));
    return {};
}

} // namespace

base::Result<PlatformStatus> platform_status(Machine const& machine) {
    PlatformStatus status;
    TRY(ask_firmware(machine, command_status, status));
    return status;
}

base::Result<Chip> chip_of(Machine const& machine) {
    constexpr std::uint32_t leaf_of_signature = 1;
    auto const status = TRY(platform_status(machine));
    Chip chip{
        .signature = seen_by_guests(machine, leaf_of_signature).eax,
        .id = {},
        .reported_tcb = status.reported_tcb
    };
    // Safety: as above. Turin has a shorter one, and zeros behind it.
    Id2 wish{
        .address = reinterpret_cast<std::uint64_t>(chip.id.data()),
        .length = static_cast<std::uint32_t>(chip.id.size())
    };
    TRY(ask_firmware(machine, command_id, wish));
    return chip;
}

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

std::optional<Room> room_for_guests(Machine const& machine) {
    constexpr std::string_view kind = "sev_es"; // an SEV-SNP guest is one with encrypted state
    auto const capacity = number_of(machine.text_of("/sys/fs/cgroup/misc.capacity"), kind);
    auto const used = number_of(machine.text_of("/sys/fs/cgroup/misc.current"), kind);
    if (!capacity || !used) return {};
    return Room{.capacity = *capacity, .used = *used};
}

} // namespace host::vmm::snp
