#pragma once

// Evidence of a Keep without hardware: what it says, and that nobody vouches for it.

#include "host/cli/inspect/recogniser.hpp"

namespace host::cli {

bool recognises_evidence(Subject const& subject);
os::OrFailure<std::optional<Json>> describe_evidence(Subject const& subject, Global const& global);

inline constexpr Recogniser evidence_recogniser{
    "evidence without hardware", recognises_evidence, describe_evidence
};

} // namespace host::cli
