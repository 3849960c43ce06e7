#pragma once

// What AMD and Intel write into certificates of platforms.

#include "attest/inspect/description.hpp"
#include "crypto/certificate.hpp"

namespace attest::inspect {

// Fields and a check for a VCEK, VLEK or PCK certificate; nothing for others.
void add_vendor_extensions(Description& out, crypto::Certificate const& certificate);

} // namespace attest::inspect
