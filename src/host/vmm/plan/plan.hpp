#pragma once

// Everything about a Keep that is decided before it runs: the regions of its memory and the boot
// block. Pure: sizes in, addresses out.

#include "host/vmm/image.hpp"
#include "host/vmm/plan/region.hpp"
#include "os/failure.hpp"
#include "protocol/launch/machine.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace host::vmm {

// A descriptor that the program finds open.
struct PlannedDescriptor {
    std::uint32_t number = 0;
    std::uint32_t mode = 0;
    std::uint32_t flags = 0;
    std::uint32_t handle = 0; // of the host-call server ...
    std::uint64_t memory_size =
        0; // ... or, if `resident`, a file of this size in the Keep's memory
    bool resident = false;
    bool named =
        false; // resident, not open: `number` is its index in protocol::launch::named_files
};

// How the Keep's memory is held.
enum class MemoryKind : std::uint8_t {
    Plain,  // as this process' memory: whoever may read that may read the Keep's
    Sealed, // in a file that nobody has open or mapped, once it is filled
};

struct Wishes {
    MemoryKind memory = MemoryKind::Plain;
    std::uint64_t memory_limit = 2ULL << 30;
    std::uint32_t max_cpus = 1;
    std::uint32_t cpus = 1;
    std::uint32_t user = 0;
    std::uint32_t group = 0;
    bool verbose = false;
    protocol::launch::Doorbell doorbell = protocol::launch::Doorbell::Port;
    std::vector<std::string> arguments;
    std::vector<std::string> environment = {}; // K=V
    std::vector<PlannedDescriptor> descriptors = {};
};

struct Calibration {
    std::uint64_t tsc_khz = 0;
    std::uint64_t tsc = 0;
    std::uint64_t monotonic_ns = 0;
    std::uint64_t realtime_ns = 0;
};

class Plan {
public:
    // Of a KVM Keep.
    static os::OrFailure<Plan> make(ImageSizes const& sizes, Wishes const& wishes);

    // In the order in which they are added at the launch, which is that of their addresses.
    std::span<Region const> regions() const { return regions_; }
    // Whether there is memory that the host's process cannot reach once it is filled.
    bool sealed() const;
    std::uint64_t memory() const { return boot_.memory; } // where the Keep's free memory begins
    std::uint64_t memory_end() const { return boot_.memory_end; }
    std::uint64_t memory_limit() const { return boot_.memory_limit; }
    std::uint32_t max_cpus() const { return boot_.max_cpus; }

    // The boot block as it goes to boot_address; time is known only at the start.
    protocol::launch::Boot boot(Calibration const& time) const;
    // Arguments and environment of the program, each ended by a zero.
    std::string const& strings() const { return strings_; }

private:
    friend class PlanMaker;
    Plan() = default;

    std::vector<Region> regions_;
    protocol::launch::Boot boot_{};
    std::string strings_;
};

} // namespace host::vmm
