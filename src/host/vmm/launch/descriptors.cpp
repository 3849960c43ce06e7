#include "host/vmm/launch/descriptors.hpp"

#include "host/vmm/launch/block.hpp"
#include "host/vmm/server/shared_flags.hpp"
#include "os/check.hpp"

#include <algorithm>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace host::vmm {

using protocol::launch::Item;
using protocol::launch::Kind;

namespace {

bool regular_with_contents(int descriptor) {
    struct stat status{};
    return ::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0;
}

// Compiled code is read once, from end to end: a large one by calls, each of which brings a quarter
// of a megabyte, where a mapping would cost a fault for each page.
bool belongs_in_memory(Kind kind, int descriptor) {
    constexpr off_t worth_a_copy = 256 << 10;
    struct stat status{};
    if (!regular_with_contents(descriptor) || ::fstat(descriptor, &status) != 0) return false;
    return kind != Kind::Artefact || status.st_size <= worth_a_copy;
}

// As a file that lies in the Keep's memory and nowhere else.
void hand_bytes(Handed& handed, std::uint32_t number, std::vector<std::byte> bytes) {
    handed.wishes.descriptors.push_back(
        {.number = number, .mode = S_IFREG | 0400, .memory_size = bytes.size(), .resident = true}
    );
    handed.files.emplace_back(std::move(bytes));
}

} // namespace

void hand_standard(Handed& handed) {
    handed.wishes.user = ::geteuid();
    handed.wishes.group = ::getegid();
    constexpr std::uint32_t standard = 3;
    for (std::uint32_t number = 0; number < standard; ++number)
        hand(
            handed,
            number,
            os::Fd{::fcntl(static_cast<int>(number), F_DUPFD_CLOEXEC, 0)},
            Rights::ReadWrite
        );
}

Handles::Open hand(Handed& handed, std::uint32_t number, os::Fd file, Rights rights) {
    struct stat status{};
    if (!file || ::fstat(file.number(), &status) != 0) return nullptr;
    bool const standard = number < 3;
    int const flags = ::fcntl(file.number(), F_GETFL);
    auto const handle = handed.server.handles().add(std::move(file), rights);
    if (!handle) return nullptr;
    auto open = *handed.server.handles().find(*handle);
    if (S_ISDIR(status.st_mode)) handed.folders.push_back(open);
    if (standard) shared_flags::begin(*open);
    handed.wishes.descriptors.push_back(
        {.number = number,
         .mode = standard ? status.st_mode : 0,
         .flags = static_cast<std::uint32_t>(flags),
         .handle = *handle}
    );
    return open;
}

void hand_resident(Handed& handed, std::uint32_t number, os::Fd file) {
    struct stat status{};
    if (!file || ::fstat(file.number(), &status) != 0) return;
    handed.wishes.descriptors.push_back(
        {.number = number,
         .mode = status.st_mode,
         .memory_size = static_cast<std::uint64_t>(status.st_size),
         .resident = true}
    );
    handed.files.emplace_back(std::move(file), static_cast<std::uint64_t>(status.st_size));
}

void hand_hosts(Handed& handed, std::string const& hosts) {
    auto const& names = protocol::launch::named_files;
    auto const* const at = std::ranges::find(names, "/etc/hosts");
    hand_bytes(
        handed,
        static_cast<std::uint32_t>(at - names.begin()),
        {std::as_bytes(std::span{hosts}).begin(), std::as_bytes(std::span{hosts}).end()}
    );
    handed.wishes.descriptors.back().named = true;
}

void hand_resolver(Handed& handed) {
    auto const& names = protocol::launch::named_files;
    for (std::uint32_t i = 0; i < names.size(); ++i) {
        os::Fd file{::open(std::string{names[i]}.c_str(), O_RDONLY | O_CLOEXEC)};
        if (!file || !regular_with_contents(file.number())) continue;
        hand_resident(handed, i, std::move(file));
        handed.wishes.descriptors.back().named = true;
    }
}

os::OrFailure<void> hand_order(
    Handed& handed,
    LaunchOrder const& order,
    std::optional<protocol::evidence::Measurement> const& measurement
) {
    std::vector<Item> items;
    struct Opened {
        Kind kind;
        os::Fd file;
        Rights rights;
    };
    std::vector<Opened> opened;
    std::uint32_t next = protocol::launch::block_descriptor + 1;
    for (auto item : order.items()) {
        // A Keep has no timer that the host could not hold back: the host ends it in time.
        if (item.kind == Kind::TimeoutMs) continue;
        if (item.descriptor >= 0) {
            os::Fd copy{::fcntl(item.descriptor, F_DUPFD_CLOEXEC, 0)};
            if (!copy)
                return std::unexpected(
                    os::Failure{
                        "launch-failed",
                        "a descriptor cannot be handed to the Keep: " +
                            std::string{os::description(os::last_error())}
                    }
                );
            opened.push_back(
                {.kind = item.kind,
                 .file = std::move(copy),
                 .rights = order.rights(item.descriptor)}
            );
            item.descriptor = static_cast<int>(next++);
        }
        items.push_back(item);
    }
    if (measurement)
        // Safety: any byte may be read as a char.
        items.push_back(
            {.kind = Kind::Measurement,
             .text = {reinterpret_cast<char const*>(measurement->data()), measurement->size()}}
        );
    next = protocol::launch::block_descriptor;
    hand_bytes(handed, next++, TRY(encoded_block(items)));
    for (auto& [kind, file, rights] : opened)
        if (belongs_in_memory(kind, file.number()))
            hand_resident(handed, next++, std::move(file));
        else if (
            auto const open = hand(handed, next++, std::move(file), rights);
            open && kind == Kind::Channel
        )
            open->socket = Handles::File::Socket::Channel;
    return {};
}

} // namespace host::vmm
