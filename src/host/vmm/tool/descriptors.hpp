#pragma once

// What the test drivers hand into a Keep: standard streams, folders, files in memory, or all that
// they inherited.

#include "host/vmm/plan.hpp"
#include "host/vmm/server/server.hpp"
#include "os/fd.hpp"

#include <vector>

namespace host::vmm {

struct Handed {
    Wishes& wishes;
    Server& server;
    std::vector<os::Fd> files; // of the resident descriptors, in their order
};

void hand_standard(Handed& handed);
// As a descriptor whose calls the host serves.
void hand(Handed& handed, std::uint32_t number, os::Fd file);
// As a file that lies in the Keep's memory.
void hand_resident(Handed& handed, std::uint32_t number, os::Fd file);
// Everything from descriptor 3 on, under its own number; files with contents become resident.
void hand_inherited(Handed& handed);

} // namespace host::vmm
