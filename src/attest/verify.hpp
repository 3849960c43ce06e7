#pragma once

// The library's front door: bytes of any kind of evidence in, an appraisal out.
//
// Neither network nor clock nor files nor global state: what an appraisal depends on stands in the
// Request. Endorsements, Roots, Policy and Expected are filled once and then only read, so any
// number of threads may appraise with the same ones; a SignatureMemo may be shared as well.

#include "attest/appraisal.hpp"

namespace attest {

// Nothing where the bytes are of no kind of evidence: then there is nothing to appraise, and
// nothing to trust.
std::optional<Appraisal> verify(Request const& request);

} // namespace attest
