#pragma once

// The policy that the user names.

#include "policy/parse.hpp"

namespace host::cli {

// `strict`, `authentic`, or a file.
os::OrFailure<attest::Policy> read_policy(std::string const& name);

} // namespace host::cli
