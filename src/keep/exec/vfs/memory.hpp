#pragma once

// The `memory` mount: a tree of files in memory, read and write, gone at the end. Makes no system
// calls.

#include "base/budget.hpp"
#include "keep/exec/vfs/file_system.hpp"

#include <cstdint>
#include <functional>
#include <memory>

namespace exec::vfs {

// What a name costs in memory, the longest one, with the file that it names.
inline constexpr std::uint64_t bytes_of_a_name = 768;

struct MemoryOptions {
    std::uint64_t max_bytes = 1ULL << 32; // of file contents, in the pieces they are kept in
    std::uint64_t max_files = 1ULL << 20; // names of files, directories and links
    // What is kept counts here, too, each name as bytes_of_a_name. None: there is no such limit.
    std::shared_ptr<base::Budget> within = nullptr;
    std::uint64_t device = 1; // Stat::device; give each mount its own
    std::function<std::uint64_t()>
        now; // nanoseconds since 1970; asked at each change: let it be cheap
};

// The root of a new, empty mount. It lives as long as anything of it is open. One call at a time.
std::unique_ptr<Directory> make_memory(MemoryOptions options);

} // namespace exec::vfs
