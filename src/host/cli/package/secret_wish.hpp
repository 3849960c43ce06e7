#pragma once

// "NAME" or "NAME=file:PATH": a secret that a deployment names, and where the application finds it.

#include "os/failure.hpp"
#include "protocol/provision/deployment.hpp"

#include <string>
#include <vector>

namespace host::cli {

struct SecretWish {
    std::string name;
    protocol::provision::Place place{};
    std::string where;
};

// Ascending by name.
os::OrFailure<std::vector<SecretWish>> secret_wishes(std::vector<std::string> const& texts);

} // namespace host::cli
