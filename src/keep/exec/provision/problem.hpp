#pragma once

// What an attestation service says where it does not do what was asked (RFC 9457), as a failure of
// ours: of its words only those that are known count, the others are for people.

#include "keep/exec/provision/steward.hpp"
#include "net/http_answer.hpp"

namespace exec::provision {

Unanswered unanswered_by(::net::HttpAnswer const& answer);

} // namespace exec::provision
