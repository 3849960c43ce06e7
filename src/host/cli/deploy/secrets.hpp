#pragma once

// The values of the secrets that a deployment names: from the command line, from files, or asked
// for.

#include "crypto/wipe.hpp"
#include "os/failure.hpp"
#include "protocol/provision/deployment.hpp"

#include <string>
#include <utility>
#include <vector>

namespace host::cli {

using Secrets = std::vector<std::pair<std::string, crypto::SecretBytes>>; // ascending by name

// `texts`: NAME=VALUE, NAME=@FILE, or NAME, which is asked for at the terminal, or else read as one
// line of standard input. Exactly those that the deployment names, each once.
os::OrFailure<Secrets> read_secrets(
    std::vector<std::string> const& texts,
    std::vector<protocol::provision::SecretPlace> const& named
);

} // namespace host::cli
