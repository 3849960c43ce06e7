#pragma once

// From an empty Keep to one that is certified for what it runs, in conversation with the one
// service that its host named.

#include "keep/exec/provision/steward.hpp"

namespace exec::provision {

// How often a service that has no time is asked again, and how long it may want to be waited for.
inline constexpr unsigned most_tries = 5;
inline constexpr std::chrono::seconds longest_wait{60};

// What the service grants to this Keep. Whatever else it answers ends the Keep.
os::OrFailure<Granted> pull_grant(Steward& steward, Empty empty);

// What the service has issued for what this Keep runs.
struct Certified {
    crypto::TlsCredential credential; // the Keep's key and the service's certificate of it
    std::chrono::sys_seconds not_after;
    std::chrono::sys_seconds renew_at;
};
enum class Issue : std::uint8_t { First, Renewal };

OrUnanswered<Certified> ask_certificate(Steward& steward, Ready const& ready, Issue issue);
// The first one; a service that has no time is asked again.
os::OrFailure<Certified> pull_certificate(Steward& steward, Ready const& ready);

} // namespace exec::provision
