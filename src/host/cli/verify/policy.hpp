#pragma once

// The policy that the user names.

#include "attest/policy.hpp"
#include "base/view.hpp"
#include "os/failure.hpp"

#include <string>

namespace host::cli {

inline constexpr std::size_t largest_policy = 1'000'000; // bytes

// `strict`, `authentic`, or a file.
os::OrFailure<attest::Policy> read_policy(std::string const& name);

// The contents of a policy file; `name` is for messages, which begin NAME:LINE:COLUMN.
os::OrFailure<attest::Policy> parse_policy(std::string const& name, base::View text);

} // namespace host::cli
