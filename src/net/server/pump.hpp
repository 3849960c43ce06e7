#pragma once

// Carries bytes both ways between a connection and a socket of this host.

#include "net/server/transport.hpp"

namespace net::server {

class Pump {
public:
    // `early`: what the connection has sent already.
    Pump(os::Fd far, base::View early) : far_{std::move(far)} { to_far_.append(early); }

    // As far as it goes without waiting. True: it is over. An end of the connection's side is
    // handed on, and the socket may still have something to say; its own end is the end of both.
    bool carry(Transport& near, Scratch& scratch);

    int descriptor() const { return far_.number(); }
    bool reads_near() const { return !near_ended_ && to_far_.size() < most; }
    bool reads_far(Transport const& near) const { return !far_ended_ && near.waiting() < most; }
    bool writes_far() const { return !to_far_.empty(); }

private:
    static constexpr std::size_t most = std::size_t{256} << 10; // on its way, each way

    bool from_near(Transport& near, Scratch& scratch); // false: one of both is broken
    bool from_far(Transport& near, Scratch& scratch);

    os::Fd far_;
    crypto::TlsBuffer to_far_;
    bool near_ended_ = false;
    bool told_far_ = false;
    bool far_ended_ = false;
};

} // namespace net::server
