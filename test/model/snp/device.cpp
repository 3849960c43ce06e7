// See device.hpp. Structures: include/uapi/linux/psp-sev.h.
#include "snp/device.hpp"

#include "firmware/guest_context.hpp"
#include "firmware/platform.hpp"

#include <array>

#include <sys/ioctl.h>

namespace model::snp {

namespace {

struct [[gnu::packed]] Issue {
    std::uint32_t cmd;
    std::uint64_t data;
    std::uint32_t error;
};
constexpr unsigned issue_command = _IOWR('S', 0, Issue);
enum Command : std::uint8_t { PlatformStatus = 1, GetId2 = 8, SnpPlatformStatus = 9 };

struct [[gnu::packed]] SevStatus {
    std::uint8_t api_major;
    std::uint8_t api_minor;
    std::uint8_t state;
    std::uint32_t flags;
    std::uint8_t build;
    std::uint32_t guest_count;
};

struct SnpStatus {
    std::uint8_t api_major;
    std::uint8_t api_minor;
    std::uint8_t state; // 1: initialised
    std::uint8_t rmp_initialised;
    std::uint32_t build_id;
    std::uint32_t mask_chip_id;
    std::uint32_t guest_count;
    firmware::Tcb current;
    firmware::Tcb reported;
};
static_assert(sizeof(SnpStatus) == 32);

struct [[gnu::packed]] Id2 {
    std::uint64_t address;
    std::uint32_t length;
};

} // namespace

kvm::Reply Device::ioctl(kvm::Context& context) {
    if (context.request() != issue_command) return -ENOTTY;
    auto const wanted = context.read<Issue>();
    if (!wanted) return -EFAULT;
    switch (wanted->cmd) {
    case PlatformStatus:
        return context.write_at(
            wanted->data,
            SevStatus{
                .api_major = firmware::api_major(),
                .api_minor = firmware::api_minor(),
                .state = 1,
                .flags = 0,
                .build = firmware::build_number,
                .guest_count = 0
            }
        );
    case SnpPlatformStatus:
        return context.write_at(
            wanted->data,
            SnpStatus{
                .api_major = firmware::api_major(),
                .api_minor = firmware::api_minor(),
                .state = 1,
                .rmp_initialised = 1,
                .build_id = firmware::build_number,
                .mask_chip_id = 0,
                .guest_count = firmware::GuestContext::active(),
                .current = firmware::current_tcb(),
                .reported = firmware::current_tcb()
            }
        );
    case GetId2: {
        auto id = context.read_at<Id2>(wanted->data);
        if (!id) return -EFAULT;
        auto const& chip = firmware::Platform::own().chip_id();
        bool const fits = id->length >= chip.size();
        if (fits && !front::write_memory(context.call.thread, id->address, chip)) return -EFAULT;
        id->length = static_cast<std::uint32_t>(chip.size());
        auto const written = context.write_at(wanted->data, *id);
        return written.value != 0 || fits ? written : kvm::Reply{-EIO};
    }
    default:
        return -EINVAL;
    }
}

} // namespace model::snp
