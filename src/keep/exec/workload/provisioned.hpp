#pragma once

// The life of a Keep that its host started empty: a tenant provisions it, or the service that it
// asks, and it runs what was granted.

#include "keep/exec/workload/orders.hpp"
#include "keep/exec/workload/timings.hpp"
#include "os/failure.hpp"

namespace exec {

// `digest`: SHA-256 of the orders. Returns only why nothing was run; of what a tenant has brought
// the host learns the failure's name and no more.
os::Failure
run_provisioned(Orders const& host, protocol::evidence::Digest const& digest, Timings& timings);

} // namespace exec
