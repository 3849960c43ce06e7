#pragma once

// Evidence inside something else, as users have it in hand: what a guest of Azure reads from its
// vTPM, JSON and CBOR of other projects, hexadecimal, base64, an RA-TLS certificate, or bytes with
// a header in front.
//
// A wrapper vouches for nothing: what lies in it is judged as if it had come alone, and whoever
// compares report data or measurement compares those of the evidence.

#include "attest/sourced.hpp"
#include "base/result.hpp"
#include "base/view.hpp"
#include "protocol/evidence/evidence.hpp"

#include <optional>
#include <string>
#include <vector>

namespace attest::wrapped {

struct Opened {
    std::vector<std::byte> evidence;
    std::string where; // such as: field /evidence/attestation_report, base64
    // Certificates and lists that came along, in any form that Endorsements::add() takes.
    std::vector<Sourced<std::vector<std::byte>>> endorsements;
    // What the report data should be made of, as a Keep's application says; nobody has compared it.
    std::optional<protocol::evidence::Application> application;
};

// The one piece of evidence in `bytes`, which are none by themselves; or a text that says why there
// is none to judge, empty where nothing is known of them at all.
base::Result<Opened, std::string> open(base::View bytes);

// Whether `bytes`, though they look like evidence, are more than that: a report of SEV-SNP with its
// certificate table behind it.
bool extended_report(base::View bytes);

} // namespace attest::wrapped
