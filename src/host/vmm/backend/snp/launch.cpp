#include "host/vmm/backend/snp/launch.hpp"

#include "host/vmm/backend/kvm/ioctl.hpp"
#include "hw/snp/vmsa.hpp"

#include <cstring>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>

namespace host::vmm::snp {

namespace {

constexpr std::uint16_t ghcb_version = 2;

// Which failure of a launch it is, and words for what a user can do something about; else the
// number.
os::Failure said_by_firmware(std::uint32_t status) {
    switch (static_cast<FirmwareStatus>(status)) {
    case FirmwareStatus::PolicyFailure:
        return {"snp-policy-refused", "the policy asks for what this platform has not, or has on"};
    case FirmwareStatus::BadSignature:
        return {"snp-identity-refused", "the signature over the ID block or the ID key is wrong"};
    case FirmwareStatus::BadMeasurement:
        return {
            "snp-identity-refused", "the ID block is for another image or another number of vCPUs"
        };
    case FirmwareStatus::InvalidParameter:
        return {"snp-launch-refused", "a value is none that this processor has"};
    case FirmwareStatus::ResourceLimit:
        return {"snp-no-room", "the secure processor has no room for another guest"};
    case FirmwareStatus::InvalidPlatformState:
    case FirmwareStatus::InvalidConfiguration:
    case FirmwareStatus::RmpInitRequired:
    case FirmwareStatus::ShutdownRequired:
        return {
            "snp-launch-refused",
            fmt::format("the platform is not set up for SEV-SNP guests (status {:#x})", status)
        };
    case FirmwareStatus::Unsupported:
        return {"snp-launch-refused", "this firmware is too old for what is asked"};
    case FirmwareStatus::UnsafePlatform:
        return {"snp-launch-refused", "the secure processor holds this platform for unsafe"};
    case FirmwareStatus::InvalidPageState:
        return {"snp-launch-refused", "a page of the host is in use elsewhere"};
    }
    return {"snp-launch-refused", fmt::format("firmware status {:#x}", status)};
}

os::Failure said_by_kernel(base::Errno error) {
    switch (error) {
    case base::Errno::Busy:
        return {"snp-no-room", "no more guests: every ASID is in use"};
    case base::Errno::NoMem:
        return {"launch-failed", "the host has no memory left for it"};
    case base::Errno::Inval:
        return {"snp-launch-refused", "this host's KVM does not take it"};
    case base::Errno::Io: // of a page, whatever it was; the firmware had nothing against it
        return {
            "snp-launch-refused",
            "KVM does not take it and does not say why: the host may be short of memory"
        };
    default:
        return {"snp-launch-refused", std::strerror(static_cast<int>(error))};
    }
}

// A CPUID page that the firmware has refused, and corrected. Firmware of 2023 leaves bits in that
// it refuses again: what it has changed once then goes altogether.
class Corrected {
public:
    explicit Corrected(std::span<std::byte> page)
        : page_{page}, given_{page.begin(), page.end()}, changed_(page.size()) {}

    static constexpr unsigned most = 2;
    // Whether the page may be given once more.
    bool again() {
        if (++times_ > most) return false;
        for (std::size_t i = 0; i < page_.size(); ++i)
            if (page_[i] != given_[i]) changed_[i] = true;
        if (times_ == most)
            for (std::size_t i = 0; i < page_.size(); ++i)
                if (changed_[i]) page_[i] = std::byte{0};
        given_.assign(page_.begin(), page_.end());
        return true;
    }

private:
    std::span<std::byte> page_;
    std::vector<std::byte> given_;
    std::vector<bool> changed_;
    unsigned times_ = 0;
};

} // namespace

os::Failure refused_by_kernel(std::string_view step, base::Errno error) {
    auto failure = said_by_kernel(error);
    failure.text = fmt::format("{}: {}", step, failure.text);
    return failure;
}

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
    bool const by_firmware = refusal.error == base::Errno::Io && refusal.firmware_status != 0;
    auto failure =
        by_firmware ? said_by_firmware(refusal.firmware_status) : said_by_kernel(refusal.error);
    failure.text = fmt::format("{}: {}", step, failure.text);
    return failure;
}

os::OrFailure<os::Fd> open_firmware() {
    os::Fd firmware{::open("/dev/sev", O_RDWR | O_CLOEXEC)};
    if (firmware) return firmware;
    return std::unexpected(
        os::Failure{
            .name = "snp-device-unusable",
            .text = fmt::format("/dev/sev cannot be opened: {}", std::strerror(errno))
        }
    );
}

os::OrFailure<Launch> Launch::begin(os::Fd const& machine, os::Fd firmware, bool secure_tsc) {
    Launch launch{machine, std::move(firmware)};
    Init2 init{.vmsa_features = secure_tsc ? hw::snp::secure_tsc : 0, .ghcb_version = ghcb_version};
    auto const done = launch.command(Command::Init2, init);
    if (done) return launch;
    // What else is in the call is ours, and taken by every kernel that has such guests.
    if (secure_tsc && done.error().error == base::Errno::Inval)
        return std::unexpected(
            os::Failure{
                .name = "snp-no-secure-tsc",
                .text = "this host's KVM gives no guest a time-stamp counter of its own"
            }
        );
    return std::unexpected(failure_of("KVM_SEV_INIT2", done.error()));
}

os::OrFailure<void> Launch::start(LaunchTerms const& terms) {
    LaunchStart wish{.policy = terms.policy};
    auto const done = command(Command::LaunchStart, wish);
    if (done) return {};
    auto failure =
        failure_of(fmt::format("a launch with policy {:#x}", terms.policy), done.error());
    // What else is in the call is ours, and zero.
    if (done.error().error == base::Errno::Inval) failure.name = "snp-policy-refused";
    return std::unexpected(failure);
}

os::OrFailure<void> Launch::add(Region const& region, std::span<std::byte> pages) {
    LaunchUpdate update{
        .first_page = region.begin / page_size,
        // Safety: as in command().
        .source = reinterpret_cast<std::uint64_t>(pages.data()),
        .size = region.size(),
        .type = static_cast<std::uint8_t>(*region.type)
    };
    bool const of_cpuid = region.type == hw::snp::PageType::Cpuid;
    Corrected corrected{of_cpuid ? pages : std::span<std::byte>{}};
    while (update.size != 0) {
        auto const done = command(Command::LaunchUpdate, update);
        if (done) continue; // KVM may have come a part of the way
        auto const& refusal = done.error();
        if (refusal.error == base::Errno::Intr) continue;
        bool const may_correct =
            of_cpuid &&
            refusal.firmware_status == static_cast<std::uint32_t>(FirmwareStatus::InvalidParameter);
        if (!may_correct || !corrected.again())
            return std::unexpected(failure_of(region.name, refusal));
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
