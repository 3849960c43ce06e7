#include "net/server/pump.hpp"

#include "os/socket.hpp"

namespace net::server {

using base::Errno;

bool Pump::from_near(Transport& near, Scratch& scratch) {
    while (true) {
        while (!to_far_.empty()) {
            auto const sent = os::send(far_.number(), to_far_.bytes(), MSG_DONTWAIT);
            if (!sent && sent.error() == Errno::Again) break;
            if (!sent) return false;
            to_far_.drop(*sent);
        }
        if (!reads_near()) break;
        auto const got = near.read(scratch);
        if (!got && got.error() == Errno::Again) break;
        if (!got) return false;
        near_ended_ = *got == 0;
        to_far_.append(std::span{scratch}.first(*got));
    }
    if (near_ended_ && to_far_.empty() && !told_far_) {
        told_far_ = true;
        (void)os::shutdown(far_.number(), SHUT_WR);
    }
    return true;
}

bool Pump::from_far(Transport& near, Scratch& scratch) {
    while (true) {
        if (!near.flush()) return false;
        if (!reads_far(near)) return true;
        auto const got = os::receive(far_.number(), scratch, MSG_DONTWAIT);
        if (!got && got.error() == Errno::Again) return true;
        if (!got || *got == 0) {
            far_ended_ = true;
            near.end_writing();
            continue;
        }
        if (!near.write(std::span{scratch}.first(*got))) return false;
    }
}

bool Pump::carry(Transport& near, Scratch& scratch) {
    // What the socket said before it broke is still handed on.
    bool const near_goes = far_ended_ || from_near(near, scratch);
    bool const far_goes = from_far(near, scratch);
    if (far_ended_) return near.waiting() == 0 || !far_goes;
    return !near_goes || !far_goes;
}

} // namespace net::server
