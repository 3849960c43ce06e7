#pragma once

// The command line's wishes for the application, checked.

#include "host/cli/command.hpp"
#include "host/vmm/launch/order.hpp"
#include "os/failure.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace host::cli {

os::OrFailure<os::Fd> open_directory(std::string const& path);

os::OrFailure<void> add_directory(vmm::LaunchOrder& order, std::string_view wish); // HOST[::GUEST]
os::OrFailure<std::string>
variable(std::string const& wish); // NAME=VALUE, or NAME from the host's environment
os::OrFailure<std::uint64_t> memory_size(std::string_view text);  // bytes, above 0
os::OrFailure<std::uint64_t> duration_ms(std::string_view text);  // "1.5", "250ms", "2m"; above 0
os::OrFailure<std::uint32_t> thread_count(std::string_view text); // 1 to what a Keep can have
os::OrFailure<vmm::LogWish> log_wish(Global const& global);       // of a Keep's shim
os::OrFailure<void> add_log(vmm::LaunchOrder& order, Global const& global);

} // namespace host::cli
