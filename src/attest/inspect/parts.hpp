#pragma once

// Files that hold several artefacts: one description with the checks of all of them.

#include "attest/inspect/description.hpp"

namespace attest::inspect {

// As the next of the "parts", which begins at `offset` of the file.
void add_part(Description& all, Description part, std::size_t offset);

} // namespace attest::inspect
