// What a process has mapped where: /proc/PID/maps.
#pragma once
#include "base/descriptor.hpp"

#include <cstdint>
#include <string>
#include <vector>

#include <sys/types.h>

namespace model::front {

struct Region {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    std::uint64_t offset = 0;
    std::uint64_t inode = 0;
    bool readable = false;
    bool writable = false;
    bool executable = false;
    bool shared = false;
    std::string name;
};

/// The mappings that overlap [begin, end), cut to it, in order; holes are left out.
std::vector<Region> regions_of(pid_t thread, std::uint64_t begin, std::uint64_t end);
/// The file behind a shared mapping, found among the process' descriptors or by its path; empty
/// where it is neither.
Descriptor file_of(pid_t thread, Region const&);

/// The name of the model's own files in the target.
constexpr char const* memory_name = "tee-model:memory";

} // namespace model::front
