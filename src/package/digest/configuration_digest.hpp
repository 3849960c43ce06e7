#pragma once

// One digest of all that an application is started with (docs/attestation.md, Configuration
// digest).

#include "crypto/digest.hpp"
#include "package/plan/plan.hpp"

#include <optional>
#include <string>
#include <vector>

namespace package {

// The export that is called in the place of _start, and its parameters.
struct Invocation {
    std::string name;
    std::vector<std::string> arguments;
};

// The plan, and what it was made of.
struct Start {
    Plan const& plan;
    std::optional<Configuration> const& configuration;
    CommandLine const& command_line;
    std::optional<Invocation> invocation = {};
};

// The map that the digest is of, in CBOR.
std::vector<std::byte> canonical_form(Start const& start);

crypto::Sha256Digest configuration_digest(Start const& start);

} // namespace package
