#pragma once

// Policy files (docs/policy.md) as the verifier takes them: for whoever judges evidence, on a
// tenant's machine or in the service.

#include "attest/policy.hpp"
#include "base/view.hpp"
#include "os/failure.hpp"

#include <string>

namespace policy {

inline constexpr std::size_t largest_policy = 1'000'000; // bytes

// The contents of a policy file; `name` is for messages, which begin NAME:LINE:COLUMN.
os::OrFailure<attest::Policy> parse_policy(std::string const& name, base::View text);

} // namespace policy
