#pragma once

// The kinds of evidence that the user accepts.

#include "attest/kind.hpp"
#include "os/failure.hpp"

#include <string>

namespace host::cli {

// Such as snp,tdx.
os::OrFailure<attest::Kinds> parse_kinds(std::string_view text);

} // namespace host::cli
