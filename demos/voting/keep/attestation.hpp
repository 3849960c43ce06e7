#pragma once

// What this Keep can say of itself: the files of /dev/attestation.

#include "voting/protocol/transcript.hpp"

#include <optional>

namespace voting {

// SHA-256 of the certificate that the Keep's listeners show; nothing where it has none of its own.
std::optional<Digest> listener_certificate();

struct Evidence {
    std::string kind; // "none": no hardware vouches for it
    std::string bytes;
};

// Evidence that binds these bytes; nothing where the Keep gives none.
std::optional<Evidence> evidence_for(base::View user_data);

} // namespace voting
