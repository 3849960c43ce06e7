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
    std::chrono::milliseconds look{60'000}; // how often the clocks are looked at meanwhile
};

// All by the service's clock.
struct Validity {
    std::chrono::sys_seconds at; // when it was issued, as well as is known
    std::chrono::sys_seconds renew_at;
    std::chrono::sys_seconds not_after;
};

struct Clocks {
    std::function<std::chrono::steady_clock::time_point()> own = std::chrono::steady_clock::now;
    std::function<std::chrono::system_clock::time_point()> wall = std::chrono::system_clock::now;
};

// Goes on until the service refuses, the certificate has expired or `stop` is asked for. What time
// it is where the Keep runs, its host says, and may say something else at any moment: it counts how
// much time has gone since the certificate came, by a clock that nobody sets. That one may stand
// while the machine sleeps; so a wall clock that has gone further counts, too, once for each
// certificate.
void renew(
    Renewal const& renewal,
    Validity now,
    RenewalPace const& pace,
    std::stop_token const& stop,
    Clocks const& clocks = {}
);

// The same on a thread of its own, as long as the process.
os::OrFailure<void> keep_certified(Renewal renewal, Validity first);

} // namespace exec::provision
