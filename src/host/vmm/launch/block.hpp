#pragma once

// The launch block, for a Keep's memory or as a file in memory that nobody can change any more.

#include "os/failure.hpp"
#include "os/fd.hpp"
#include "protocol/launch/launch.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace host::vmm {

os::OrFailure<std::vector<std::byte>> encoded_block(std::span<protocol::launch::Item const> items);
os::OrFailure<os::Fd> sealed_block(std::span<protocol::launch::Item const> items);

} // namespace host::vmm
