#pragma once

// From an empty Keep to one that is ready to start what a tenant granted, in conversation with
// whoever knocks.

#include "keep/exec/provision/host_blobs.hpp"
#include "keep/exec/provision/reception.hpp"
#include "keep/exec/vfs/file_system.hpp"

#include <memory>

namespace exec::provision {

// How many may ask an empty Keep without granting it anything, and how long each may take.
inline constexpr unsigned most_visits = 16;
inline constexpr std::chrono::seconds visit_time{60};

// A visitor, and what it has brought.
struct GrantedVisit {
    Granted granted;
    Visitor grantor;
};
struct ReadyVisit {
    Ready ready;
    Visitor grantor;
};

// Until somebody's grant was taken or refused. "keep-unclaimed": too many have come without one.
os::OrFailure<GrantedVisit> wait_for_grant(Reception& reception, Empty empty);

// The package's files. `host`: its blobs, or null. `grantor`: who is asked for what is
// not there, or null.
os::OrFailure<std::unique_ptr<vfs::Directory>>
fetch_package(Granted const& granted, HostBlobs* host, Visitor* grantor);
inline os::OrFailure<std::unique_ptr<vfs::Directory>>
fetch_package(GrantedVisit& visit, HostBlobs* host) {
    return fetch_package(visit.granted, host, &visit.grantor);
}

// What was loaded is what was granted; and then the grantor was shown evidence of that and has said
// that it may start. If its connection breaks, it may come back, and nobody else.
os::OrFailure<ReadyVisit> wait_for_start(
    Reception& reception, GrantedVisit visit, Digest const& workload, Digest const& configuration
);

// Whether this visitor has the key of who granted, or of who signed the deployment.
bool is_tenant(Visitor const& visitor, Ready const& ready);

// Tells a grantor why there is no more to come: what happened, for people, and its name.
void tell(Visitor& grantor, os::Failure const& failure);

} // namespace exec::provision
