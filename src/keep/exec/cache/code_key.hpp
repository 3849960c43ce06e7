#pragma once

// The key under which this Keep seals code for its next start: the shim gives it once
// (protocol/launch/code_key.hpp).

#include "base/result.hpp"
#include "crypto/digest.hpp"
#include "crypto/wipe.hpp"

namespace exec {

// `origin`: what the code is made from. It is asked for before anything is read that others may
// have written.
base::Result<crypto::SecretBytes> code_key(crypto::Sha256Digest const& origin);

// Nothing that takes exec over later gets it.
void give_up_code_key();

} // namespace exec
