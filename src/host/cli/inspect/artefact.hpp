#pragma once

// Artefacts of attestation: src/attest/inspect knows them.

#include "host/cli/inspect/recogniser.hpp"

namespace host::cli {

bool recognises_artefact(Subject const& subject);
os::OrFailure<std::optional<Json>> describe_artefact(Subject const& subject, Global const& global);

inline constexpr Recogniser artefact_recogniser{
    "attestation artefact", recognises_artefact, describe_artefact
};

} // namespace host::cli
