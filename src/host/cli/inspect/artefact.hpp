#pragma once

// Artefacts of attestation: src/attest/inspect knows them.

#include "attest/inspect/description.hpp"
#include "host/cli/inspect/recogniser.hpp"

#include <vector>

namespace host::cli {

// Files beside the subject, whole; those that are no artefacts are left out.
class Companions {
public:
    static os::OrFailure<Companions> read(std::span<Subject const> subjects);
    attest::inspect::Artefacts artefacts() const { return artefacts_; }

private:
    std::vector<std::string> texts_;
    std::vector<attest::inspect::Artefact> artefacts_;
};

bool recognises_artefact(Subject const& subject);
os::OrFailure<std::optional<Json>> describe_artefact(Subject const& subject, Global const& global);

inline constexpr Recogniser artefact_recogniser{
    "attestation artefact", recognises_artefact, describe_artefact
};

} // namespace host::cli
