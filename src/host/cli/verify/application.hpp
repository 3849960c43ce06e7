#pragma once

// What the user expects of the application in the Keep: the parts of its report data.

#include "attest/application.hpp"
#include "attest/none/examine.hpp"
#include "host/cli/verify/piece.hpp"
#include "os/failure.hpp"

#include <optional>
#include <string>
#include <vector>

namespace host::cli {

// As the user gave them.
struct ApplicationWish {
    std::optional<std::string> workload;
    std::optional<std::string> configuration;
    std::optional<std::string> user_data;
};

// With `expected`, which stands beside them.
os::OrFailure<attest::none::Wanted>
parse_application(ApplicationWish const& wish, attest::Expected expected);

// SHA-256 of an application, from its 64 digits or from its file.
os::OrFailure<std::vector<std::byte>> workload_digest(std::string const& text);

// The same for evidence of hardware, which has no parts to compare, only the digest of all three:
// some of them without the others are an error, where nothing says the others. `whole`: the policy
// asks for all of them; then what was not given stays undecided.
os::OrFailure<attest::Expected> expected_of_hardware(
    attest::none::Wanted const& wanted, attest::wrapped::Piece const& piece, bool whole
);

} // namespace host::cli
