#pragma once

// How values look in findings.

#include "base/hex.hpp"

#include <chrono>
#include <string>

namespace attest {

using base::hex;
std::string hex(std::uint64_t number);                // 0x1f
std::string timestamp(std::chrono::sys_seconds time); // 2026-11-21T00:00:00Z

} // namespace attest
