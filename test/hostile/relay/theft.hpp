#pragma once

// The private key of a Keep, out of the memory of its process, as its administrator reads it.

#include "crypto/p256_signing_key.hpp"

#include <optional>

#include <sys/types.h>

namespace relay {

struct Theft {
    std::optional<crypto::P256SigningKey> key; // nothing: it is not there
    bool forbidden = false;                    // the memory may not be read here
    std::size_t tried = 0;                     // numbers that could have been the key
};

// `public_key`: SubjectPublicKeyInfo of the key that is looked for.
Theft key_in_memory(pid_t process, base::View public_key);

} // namespace relay
