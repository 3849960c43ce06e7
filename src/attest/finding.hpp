#pragma once

// What came out for one rule.

#include "attest/rule.hpp"

#include <optional>
#include <string>

namespace attest {

enum class Outcome : std::uint8_t { Passed, Failed, Undecided, Off, NotApplicable };

// Where in the bytes: which artefact, which byte of it, and the name that the manual gives to the
// field.
struct Place {
    std::string part;
    std::optional<std::size_t> offset = {};
    std::string field = {};
};

// Why a rule did not pass. Values of bytes are in hexadecimal.
struct Detail {
    std::string expected;
    std::string found;
    Place place = {};
    std::string hint = {}; // what the user can do about it
};

struct Finding {
    Rule const* rule;
    Outcome outcome;
    Detail detail;
};

std::string_view name_of(Outcome outcome);

} // namespace attest
