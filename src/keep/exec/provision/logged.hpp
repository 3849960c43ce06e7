#pragma once

// Whether a release is on record. A deployment may name a log; then a Keep takes no grant, whoever
// has signed it, that does not show the line of just this release in it.

#include "os/failure.hpp"
#include "protocol/provision/deployment.hpp"
#include "protocol/provision/grant.hpp"

namespace exec::provision {

// The Keep that the grant is for, on this connection.
struct Recipient {
    base::View identity_key;
    base::View authenticator; // that the grant answers
};

// "release-unlogged", and the text begins with the rule: log.unasked, log.missing, log.checkpoint,
// log.proof, log.size, log.line.
os::OrFailure<void> check_log(
    protocol::provision::Grant const& grant,
    protocol::provision::Deployment const& deployment,
    Recipient const& keep
);

} // namespace exec::provision
