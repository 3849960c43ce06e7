#pragma once

// Host calls that make, move and remove names.

#include "host/vmm/server/path_words.hpp"
#include "host/vmm/server/request.hpp"

namespace host::vmm {

// The rights that a new file or folder may have: no program runs with another user's or group's
// rights because a Keep made it, and no folder gets a rule of its own.
inline constexpr unsigned new_file_rights = 0777;

base::Result<std::uint64_t> serve_mkdir(PathWords& words, Request const& request);
base::Result<std::uint64_t> serve_symlink(PathWords& words, Request const& request);
base::Result<std::uint64_t> serve_unlink(PathWords& words, Request const& request);
base::Result<std::uint64_t> serve_link(PathWords& words, Request const& request);
base::Result<std::uint64_t> serve_rename(PathWords& words, Request const& request);

} // namespace host::vmm
