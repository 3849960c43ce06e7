#pragma once

// Compiled code as it comes from the host, and as it goes back to it
// (protocol/launch/artefact.hpp). exec opens no file for it and names none.

#include "base/result.hpp"
#include "crypto/digest.hpp"
#include "os/fd.hpp"
#include "os/read_file.hpp"

#include <cstddef>
#include <optional>
#include <span>

namespace exec {

// What the code is made of, and by what.
struct CodeIdentity {
    crypto::Sha256Digest module;
    crypto::Sha256Digest engine;
};

struct Artefact {
    os::FileBytes file;
    std::span<std::byte const> code() const;
};

// Nothing, unless it is of exactly this module and engine. That its bytes are whole the host has
// looked: it could hand in any code, whole or not, and no Keep that attests takes it.
std::optional<Artefact> read_artefact(os::Fd const& file, CodeIdentity const& identity);

// Hands code over to be kept, and waits until that is done. Errno::Canceled: it is not kept.
base::Result<void>
hand_over(os::Fd const& sink, CodeIdentity const& identity, std::span<std::byte const> code);

} // namespace exec
