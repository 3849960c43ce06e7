// The reverse map: whose each page of the machine is, and as which page of a guest (APM volume
// 2, 15.36.3).
#pragma once
#include <array>
#include <cstdint>

namespace model::snp {

enum Right : std::uint8_t {
    Readable = 1,
    Writable = 2,
    UserExecutable = 4,
    SupervisorExecutable = 8
};

struct Entry {
    bool assigned = false;
    bool validated = false;
    bool vmsa = false;
    std::uint64_t guest_physical = 0;                 // meaningful where assigned
    std::array<std::uint8_t, 4> rights{0xf, 0, 0, 0}; // of VMPL 0 to 3
};

} // namespace model::snp
