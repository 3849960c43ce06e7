#pragma once

// What a Keep finds open at its start, and under which numbers: standard streams, folders, files
// in memory.

#include "host/vmm/launch/order.hpp"
#include "host/vmm/memory_file.hpp"
#include "host/vmm/plan/plan.hpp"
#include "host/vmm/server/server.hpp"
#include "os/failure.hpp"
#include "os/fd.hpp"
#include "protocol/evidence/evidence.hpp"

#include <optional>
#include <vector>

namespace host::vmm {

struct Handed {
    Wishes& wishes;
    Server& server;
    std::vector<MemoryFile> files;           // of the resident descriptors, in their order
    std::vector<Handles::Open> folders = {}; // all that this process may still reach by a path
};

// Who runs this, and descriptors 0 to 2.
void hand_standard(Handed& handed);
// As a descriptor whose calls the host serves.
// Null: it is none that can be handed in.
Handles::Open hand(Handed& handed, std::uint32_t number, os::Fd file, Rights rights);
// As a file that lies in the Keep's memory.
void hand_resident(Handed& handed, std::uint32_t number, os::Fd file);
// /etc/hosts of a Keep that can name only the hosts of its plan.
void hand_hosts(Handed& handed, std::string const& hosts);
// The host's files that say how names of the network are resolved, as the program looks for them.
void hand_resolver(Handed& handed);
// What exec is to run: the launch block as descriptor 3, then all that its items name. The block
// says what the Keep's measurement is, if there is one.
os::OrFailure<void> hand_order(
    Handed& handed,
    LaunchOrder const& order,
    std::optional<protocol::evidence::Measurement> const& measurement = {}
);

} // namespace host::vmm
