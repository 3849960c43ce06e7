#pragma once

// Everything about a Keep that is decided before it runs: its memory map and the boot block. Pure:
// sizes in, addresses out.

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
    std::uint64_t tree_size = 0; // of the hash tree over the program, 0: none
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
    static os::OrFailure<Plan> make(std::uint64_t program_size, Wishes const& wishes);

    std::uint64_t program_address() const { return boot_.program; }
    std::uint64_t tree_address() const { return boot_.tree; } // 0: none
    bool sealed() const { return sealed_at_ != 0; }
    std::uint64_t sealed_address() const { return sealed_at_; } // sealed memory begins here
    std::uint64_t memory() const { return boot_.memory; } // where the Keep's free memory begins
    std::uint64_t memory_end() const { return boot_.memory_end; }
    std::uint64_t memory_limit() const { return boot_.memory_limit; }
    std::uint32_t max_cpus() const { return boot_.max_cpus; }
    // Where the memory files lie, in the order of the wishes' resident descriptors.
    std::vector<std::uint64_t> const& file_addresses() const { return file_addresses_; }

    // The boot block as it goes to boot_address and its strings; time is known only at the start.
    protocol::launch::Boot boot(Calibration const& time) const;
    std::string const& strings() const { return strings_; }

private:
    Plan() = default;

    protocol::launch::Boot boot_{};
    std::uint64_t sealed_at_ = 0;
    std::string strings_;
    std::vector<std::uint64_t> file_addresses_;
};

} // namespace host::vmm
