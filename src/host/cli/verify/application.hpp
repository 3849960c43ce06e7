#pragma once

// What the user expects of the application in the Keep: the parts of its report data.

#include "attest/none/examine.hpp"
#include "os/failure.hpp"

#include <optional>
#include <string>

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

// The same for evidence of hardware, which has no parts to compare, only the digest of all three:
// some of them without the others are an error.
os::OrFailure<attest::Expected> expected_of_hardware(attest::none::Wanted const& wanted);

} // namespace host::cli
