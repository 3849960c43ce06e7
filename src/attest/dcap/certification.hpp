#pragma once

// What the certification data of a quote bring along: certificates, or only the names by which to
// get them.

#include "attest/dcap/quote.hpp"
#include "attest/path.hpp"

namespace attest::dcap {

// The certificates in it; empty where its type holds none; nothing where it is malformed.
std::optional<std::vector<Link>> read_certificates(Judge& judge, Quote const& quote);

// The PCK certificate: that of the pool, or the one among the endorsements that signed the report
// of the quoting enclave.
Link const*
find_pck(Judge& judge, Request const& request, Quote const& quote, std::span<Link const> pool);

// The PCK's signature over the report of the quoting enclave verifies under that certificate's key.
bool signed_quoting_enclave(Request const& request, Quote const& quote, Link const& pck);

} // namespace attest::dcap
