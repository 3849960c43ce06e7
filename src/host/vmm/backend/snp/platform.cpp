#include "host/vmm/backend/snp/platform.hpp"

#include <charconv>

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
constexpr std::uint32_t command_status = 9; // SNP_PLATFORM_STATUS

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

} // namespace

base::Result<PlatformStatus> platform_status(Machine const& machine) {
    PlatformStatus status;
    // Safety: the device takes addresses as numbers; both live as long as the call.
    Issue issue{
        .command = command_status, .data = reinterpret_cast<std::uint64_t>(&status), .error = 0
    };
    TRY(machine.ask(
        machine.path("/dev/sev"), issue_command, reinterpret_cast<unsigned long>(&issue)
    ));
    return status;
}

std::optional<Room> room_for_guests(Machine const& machine) {
    constexpr std::string_view kind = "sev_es"; // an SEV-SNP guest is one with encrypted state
    auto const capacity = number_of(machine.text_of("/sys/fs/cgroup/misc.capacity"), kind);
    auto const used = number_of(machine.text_of("/sys/fs/cgroup/misc.current"), kind);
    if (!capacity || !used) return {};
    return Room{.capacity = *capacity, .used = *used};
}

} // namespace host::vmm::snp
