#pragma once

// Keeps a running Keep's certificate valid: asks for the next one in time, on a connection of its
// own, and shows it to whoever connects from then on.

#include "keep/exec/net/live_credential.hpp"
#include "keep/exec/provision/pull.hpp"

#include <stop_token>

namespace exec::provision {

struct Renewal {
    PullOrder order;
    std::shared_ptr<Ready const> ready;
    std::shared_ptr<net::LiveCredential> shown;
    std::function<void(std::string const&)> tell; // the tenant, one line of what went wrong
};

// How long is waited at least before a try, and before the next after one that failed: doubled each
// time, up to `longest`.
struct RenewalPace {
    std::chrono::milliseconds least{5'000};
    std::chrono::milliseconds longest{300'000};
};

struct Validity {
    std::chrono::sys_seconds renew_at;
    std::chrono::sys_seconds not_after;
};

// Goes on until the service refuses, the certificate has expired or `stop` is asked for. The Keep's
// clock is its host's: one that is wrong makes it ask too early or too late, and no more.
void renew(
    Renewal const& renewal, Validity now, RenewalPace const& pace, std::stop_token const& stop
);

// The same on a thread of its own, as long as the process.
os::OrFailure<void> keep_certified(Renewal renewal, Validity first);

} // namespace exec::provision
