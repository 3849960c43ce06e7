#pragma once

// What a policy file may set, beside switching rules: one row each.

#include "attest/policy.hpp"
#include "package/flat/flat_toml.hpp"

#include <span>
#include <string_view>

namespace policy {

struct Setting {
    std::string_view name;
    std::string_view wants; // for messages: "a whole number from 0 to 255"
    // False where the value is not of that form.
    bool (*apply)(attest::Policy& policy, package::FlatValue const& value);
};

std::span<Setting const> settings();

} // namespace policy
