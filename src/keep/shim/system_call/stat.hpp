#pragma once

// struct stat of x86-64 (Linux UAPI, asm/stat.h), and that of files that the shim itself serves.

#include "keep/shim/system_call/system_call.hpp"

namespace shim {

struct Status {
    std::uint64_t device, inode, links;
    std::uint32_t mode, user, group, padding;
    std::uint64_t special_device;
    std::int64_t size, block_size, blocks;
    std::array<std::uint64_t, 6> times;
    std::array<std::int64_t, 3> unused;
};
static_assert(sizeof(Status) == 144);

// NoSys: only the host knows.
base::Result<Status> own_status(File const& file);

} // namespace shim
