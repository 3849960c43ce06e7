#pragma once

// Who has visited a Keep before, and shows a tenant what it answered then.

#include "crypto/p256_signing_key.hpp"

#include <string>

namespace relay {

// Visits the Keep that waits at `socket`, grants it nothing, and writes down what it answers.
// Prints the Keep's key, in hexadecimal.
int ask(std::string const& socket, std::string const& folder);

struct ShowWish {
    std::string front; // where the tenant comes to
    std::string folder;
    bool resign = false; // the evidence is signed anew, for this connection
    crypto::P256SigningKey key;
};
// One tenant. Prints the types of frames that have passed, as JSON.
int show(ShowWish const& wish);

} // namespace relay
