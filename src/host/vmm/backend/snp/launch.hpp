#pragma once

// The commands by which KVM and the secure processor launch a guest, in the only order in which
// they take them: begin, start, add ..., finish. What is refused is told in words.

#include "host/vmm/backend/snp/uapi.hpp"
#include "host/vmm/launch/snp_terms.hpp"
#include "host/vmm/plan/region.hpp"
#include "os/failure.hpp"
#include "os/fd.hpp"

namespace host::vmm::snp {

// A step that the kernel does not take.
os::Failure refused_by_kernel(std::string_view step, base::Errno error);

// The secure processor's device, to read and write.
os::OrFailure<os::Fd> open_firmware();

class Launch {
public:
    // Of a machine that has no vCPU yet.
    static os::OrFailure<Launch> begin(os::Fd const& machine, os::Fd firmware, bool secure_tsc);

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
