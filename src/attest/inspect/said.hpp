#pragma once

// What evidence says, whether or not anybody vouches for it.

#include "attest/appraisal.hpp"
#include "attest/inspect/description.hpp"

namespace attest::inspect {

// Its fields, as far as its form lets them be read.
Json fields_said(attest::Kind kind, Request const& request);

} // namespace attest::inspect
