#pragma once

// What a listener answers itself, on connections of clients who ask for a protocol that is not the
// application's.

#include "keep/exec/net/tls_stream.hpp"

#include <functional>
#include <memory>
#include <string>

namespace exec::net {

class Aside {
public:
    Aside() = default;
    Aside(Aside const&) = delete;
    Aside& operator=(Aside const&) = delete;
    virtual ~Aside() = default;

    // Goes on with what has come, without waiting. False: it is over.
    virtual bool advance() = 0;
    // What poll(2) has to wait for before it gets any further.
    virtual pollfd wait_entry() const = 0;
};

struct AsideProtocol {
    std::string name;                                         // in ALPN
    std::function<std::unique_ptr<Aside>(TlsStream)> begin{}; // the handshake is done
};

} // namespace exec::net
