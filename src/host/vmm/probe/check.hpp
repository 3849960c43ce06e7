#pragma once

// What `enarx platform info` shows: things that a backend needs, whether they are there, and how to
// get them.

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace host::vmm {

// Pure information passes always.
struct Check {
    std::string name;
    bool pass = false;
    std::string info = {};         // what was found; may be empty
    std::string advice = {};       // what to do if it does not pass; may be empty
    std::vector<Check> parts = {}; // what only makes sense below this one

    bool all_pass() const { return pass && std::ranges::all_of(parts, &Check::all_pass); }
};

using Checks = std::vector<Check>;

inline bool all_pass(Checks const& checks) { return std::ranges::all_of(checks, &Check::all_pass); }

// Hardware and kernel, which a user cannot change by a command; and set-up, which he can.
struct Report {
    Checks platform;
    Checks setup;

    bool available() const { return all_pass(platform); }
    bool configured() const { return all_pass(setup); }
};

} // namespace host::vmm
