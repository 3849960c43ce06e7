#pragma once

// The launch block as a file in memory that nobody can change any more.

#include "os/failure.hpp"
#include "os/fd.hpp"
#include "protocol/launch/launch.hpp"

#include <span>

namespace host::vmm {

os::OrFailure<os::Fd> sealed_block(std::span<protocol::launch::Item const> items);

} // namespace host::vmm
