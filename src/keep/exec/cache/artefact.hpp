#pragma once

// Compiled code as it comes from the host, and as it goes back to it
// (protocol/launch/artefact.hpp). exec opens no file for it and names none.

#include "base/result.hpp"
#include "crypto/aes_256_gcm.hpp"
#include "crypto/digest.hpp"
#include "os/fd.hpp"
#include "os/read_file.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace exec {

// What the code is made of, and by what.
struct CodeIdentity {
    crypto::Sha256Digest module;
    crypto::Sha256Digest engine;
};

// Under which a Keep that attests seals what it has compiled; others have none.
using Seal = std::optional<crypto::Aes256Gcm>;

struct Artefact {
    os::FileBytes file;
    std::vector<std::byte> opened; // if it was sealed
    std::span<std::byte const> code() const;
};

// Nothing, unless it is of exactly this module and engine, and sealed so. Without a seal the host
// has looked that its bytes are whole: it could hand in any code, whole or not.
std::optional<Artefact>
read_artefact(os::Fd const& file, CodeIdentity const& identity, Seal const& seal);

// Hands code over to be kept, and waits until that is done. Errno::Canceled: it is not kept.
base::Result<void> hand_over(
    os::Fd const& sink,
    CodeIdentity const& identity,
    std::span<std::byte const> code,
    Seal const& seal
);

} // namespace exec
