#pragma once

// The door of a Keep that a tenant provisions: takes in visitors, one connection each.

#include "crypto/tls_context.hpp"
#include "keep/exec/provision/visitor.hpp"
#include "os/failure.hpp"
#include "os/fd.hpp"

namespace exec::provision {

class Reception {
public:
    // `listener`: a listening stream socket of the host. Visitors see the credential of the Keep.
    static os::OrFailure<Reception> open(os::Fd listener, crypto::TlsCredential const& identity);

    // Waits for the next one; nothing: none came until `deadline` (none: for ever).
    os::OrFailure<std::optional<Visitor>> next(std::optional<Clock::time_point> deadline);
    // The one who is there. Only where the listener has something to report.
    os::OrFailure<Visitor> take() const;
    int listener() const { return listener_.number(); }

private:
    Reception(os::Fd listener, crypto::TlsContext context)
        : listener_{std::move(listener)}, context_{std::move(context)} {}

    os::Fd listener_;
    crypto::TlsContext context_;
};

} // namespace exec::provision
