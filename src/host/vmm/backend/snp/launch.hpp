#pragma once

// The commands by which KVM and the secure processor launch a guest, in the only order in which
// they take them: begin, start, add ..., finish. What is refused is told in words.

#include "host/vmm/backend/snp/uapi.hpp"
#include "host/vmm/plan/region.hpp"
#include "hw/snp/id_block.hpp"
#include "os/failure.hpp"
#include "os/fd.hpp"

#include <optional>

namespace host::vmm::snp {

// What the owner of a Keep says of its launch. In the report, not in the measurement.
struct LaunchTerms {
    std::uint64_t policy = 0x3'0000; // bit 17 is always 1; bit 16: with SMT
    std::array<std::byte, 32> host_data{};
    struct Identity {
        hw::snp::IdBlock block;
        hw::snp::IdAuth auth;
    };
    std::optional<Identity> identity = {};
};

// The secure processor's device, to read and write.
os::OrFailure<os::Fd> open_firmware();

class Launch {
public:
    // Of a machine that has no vCPU yet.
    static os::OrFailure<Launch> begin(os::Fd const& machine, os::Fd firmware);

    os::OrFailure<void> start(LaunchTerms const& terms);
    // `pages`: its contents, whole pages at an address of a page; for types that have none, too,
    // KVM wants an address.
    os::OrFailure<void> add(Region const& region, std::span<std::byte> pages);
    // All vCPUs are there. From here on nobody reads or sets their registers.
    os::OrFailure<void> finish(LaunchTerms const& terms);

private:
    Launch(os::Fd const& machine, os::Fd firmware)
        : machine_{&machine}, firmware_{std::move(firmware)} {}

    // What the kernel and the secure processor said.
    struct Refusal {
        base::Errno error;
        std::uint32_t firmware_status;
    };
    template <class T> base::Result<void, Refusal> command(Command which, T& data);
    static os::Failure failure_of(std::string_view step, Refusal const& refusal);

    os::Fd const* machine_;
    os::Fd firmware_;
};

} // namespace host::vmm::snp
