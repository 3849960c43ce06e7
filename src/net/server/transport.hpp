#pragma once

// The bytes of one accepted connection, plain or TLS, without waiting.

#include "crypto/tls_context.hpp"
#include "os/fd.hpp"

#include <array>
#include <optional>
#include <span>

namespace net::server {

// What the socket gives at once, of whatever connection: one connection that has not said much
// holds no buffer of its own.
using Scratch = std::array<std::byte, std::size_t{64} << 10>;

class Transport {
public:
    // `tls`: none for plain bytes; it outlives this.
    Transport(os::Fd socket, crypto::TlsContext const* tls, Scratch& scratch)
        : socket_{std::move(socket)}, context_{tls}, scratch_{&scratch} {}

    // 0: the peer has ended its side. Errno::Again: later. Makes TLS's handshake first.
    base::Result<std::size_t> read(std::span<std::byte> out);
    base::Result<void> write(base::View bytes); // takes all: see waiting()
    base::Result<void> flush();                 // as much as the socket takes
    std::size_t waiting() const;                // bytes that are still to be sent
    void end_writing();                         // says that no more comes, behind what waits
    base::Result<std::size_t> discard();        // of what the socket has; 0: no more can come

    bool ready() const { return context_ == nullptr || shaken_; } // the handshake is done
    int descriptor() const { return socket_.number(); }
    crypto::TlsSession const* tls() const { return session_ ? &*session_ : nullptr; }
    void shed(); // memory that an idle connection does not need

private:
    base::Result<void> greet();
    base::Result<void> pull();

    os::Fd socket_;
    crypto::TlsContext const* context_;
    Scratch* scratch_;
    std::optional<crypto::TlsSession> session_; // from the first byte on
    crypto::TlsBuffer plain_;                   // outgoing
    bool shaken_ = false;
    bool ending_ = false; // shut the socket down when all is sent
    bool ended_ = false;
};

} // namespace net::server
