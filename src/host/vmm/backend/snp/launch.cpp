#include "host/vmm/backend/snp/launch.hpp"

#include "host/vmm/backend/kvm/ioctl.hpp"

#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>

namespace host::vmm::snp {

namespace {

constexpr std::uint16_t ghcb_version = 2;

// Words for what a user can do something about; else the number.
std::string said_by_firmware(std::uint32_t status) {
    switch (static_cast<FirmwareStatus>(status)) {
    case FirmwareStatus::PolicyFailure:
        return "the policy asks for what this platform has not, or has on";
    case FirmwareStatus::BadSignature:
        return "the signature over the ID block or the ID key is wrong";
    case FirmwareStatus::BadMeasurement:
        return "the ID block is for another image or another number of vCPUs";
    case FirmwareStatus::InvalidParameter:
        return "a value is none that this processor has";
    default:
        return fmt::format("firmware status {:#x}", status);
    }
}

} // namespace

template <class T> base::Result<void, Launch::Refusal> Launch::command(Command which, T& data) {
    Call call{
        .command = which,
        // Safety: KVM takes addresses as numbers; the data lives as long as the call.
        .data = reinterpret_cast<std::uint64_t>(&data),
        .firmware = static_cast<std::uint32_t>(firmware_.number())
    };
    auto const done = kvm::control(*machine_, memory_encrypt, &call);
    if (!done) return std::unexpected(Refusal{done.error(), call.firmware_status});
    return {};
}

os::Failure Launch::failure_of(std::string_view step, Refusal const& refusal) {
    std::string why = std::strerror(static_cast<int>(refusal.error));
    if (refusal.error == base::Errno::Io && refusal.firmware_status != 0)
        why = said_by_firmware(refusal.firmware_status);
    if (refusal.error == base::Errno::Busy) why = "no more guests: every ASID is in use";
    return {.name = "snp-launch-refused", .text = fmt::format("{}: {}", step, why)};
}

os::OrFailure<os::Fd> open_firmware() {
    os::Fd firmware{::open("/dev/sev", O_RDWR | O_CLOEXEC)};
    if (firmware) return firmware;
    return std::unexpected(
        os::Failure{
            .name = "snp-launch-refused",
            .text = fmt::format("/dev/sev cannot be opened: {}", std::strerror(errno))
        }
    );
}

os::OrFailure<Launch> Launch::begin(os::Fd const& machine, os::Fd firmware) {
    Launch launch{machine, std::move(firmware)};
    Init2 init{.ghcb_version = ghcb_version};
    if (auto const done = launch.command(Command::Init2, init); !done)
        return std::unexpected(failure_of("KVM_SEV_INIT2", done.error()));
    return launch;
}

os::OrFailure<void> Launch::start(LaunchTerms const& terms) {
    LaunchStart wish{.policy = terms.policy};
    if (auto const done = command(Command::LaunchStart, wish); !done)
        return std::unexpected(
            failure_of(fmt::format("a launch with policy {:#x}", terms.policy), done.error())
        );
    return {};
}

os::OrFailure<void> Launch::add(Region const& region, std::span<std::byte> pages) {
    LaunchUpdate update{
        .first_page = region.begin / page_size,
        // Safety: as in command().
        .source = reinterpret_cast<std::uint64_t>(pages.data()),
        .size = region.size(),
        .type = static_cast<std::uint8_t>(*region.type)
    };
    // The firmware has put its own values into the table: it takes those, once.
    bool may_correct = region.type == hw::snp::PageType::Cpuid;
    while (update.size != 0) {
        auto const done = command(Command::LaunchUpdate, update);
        if (done) continue; // KVM may have come a part of the way
        auto const& refusal = done.error();
        if (refusal.error == base::Errno::Intr) continue;
        bool const corrected =
            refusal.firmware_status == static_cast<std::uint32_t>(FirmwareStatus::InvalidParameter);
        if (!may_correct || !corrected) return std::unexpected(failure_of(region.name, refusal));
        may_correct = false;
    }
    return {};
}

os::OrFailure<void> Launch::finish(LaunchTerms const& terms) {
    LaunchFinish wish{.host_data = terms.host_data};
    if (terms.identity) {
        // Safety: as in command().
        wish.id_block = reinterpret_cast<std::uint64_t>(&terms.identity->block);
        wish.id_auth = reinterpret_cast<std::uint64_t>(&terms.identity->auth);
        wish.has_id_block = 1;
        wish.has_author_key = terms.identity->auth.author_key_algo != 0 ? 1 : 0;
    }
    if (auto const done = command(Command::LaunchFinish, wish); !done)
        return std::unexpected(failure_of("the launch cannot be finished", done.error()));
    return {};
}

} // namespace host::vmm::snp
