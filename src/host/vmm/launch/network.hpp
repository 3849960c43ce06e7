#pragma once

// From the names of a plan to the addresses that its Keep may reach. They are looked up once, here:
// what the host's server lets through and what the Keep takes a name for are the same addresses.

#include "host/vmm/launch/order.hpp"
#include "host/vmm/server/network.hpp"
#include "os/failure.hpp"

#include <string>

namespace host::vmm {

struct ResolvedNetwork {
    Network network;
    std::string hosts; // hosts(5): the names of the plan, for the Keep, which can ask nobody else
};

// host-not-found where a name has no address.
os::OrFailure<ResolvedNetwork> resolve(NetworkWish const& wish);

} // namespace host::vmm
