#pragma once

// One TLS 1.3 connection, bytes in and bytes out: it knows of no socket, no clock and no other
// session.

#include "base/result.hpp"
#include "base/view.hpp"
#include "crypto/authenticator.hpp"
#include "crypto/tls_buffer.hpp"
#include "crypto/tls_error.hpp"
#include "crypto/tls_handle.hpp"

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace crypto {

class TlsSession {
public:
    // ---- towards the network ----

    // What is received at once from a peer that has not shown yet that it speaks TLS.
    static constexpr std::size_t handshake_room = std::size_t{4} << 10;

    std::span<std::byte> incoming_space(); // for what the peer sends; never empty
    void received(std::size_t bytes);      // so many were written there
    // The same for who has received them elsewhere: what is kept is what came, and no more.
    void received(base::View bytes);
    void shed();         // gives back the memory of buffers that are empty
    void received_end(); // the peer has closed the connection below TLS
    std::span<std::byte const> outgoing() const { return wire_->outgoing.bytes(); }
    void sent(std::size_t bytes) { wire_->outgoing.drop(bytes); }

    // ---- towards the application ----

    // True: done. False: more bytes of the peer are needed. In each case, even that of an error,
    // there may be something outgoing.
    TlsResult<bool> handshake();

    // Both answer 0 after the peer's close_notify, Errno::Again where bytes of the peer are
    // missing, Errno::ConnReset when it vanished without close_notify or sent an alert,
    // Errno::Proto when what came is no valid TLS.
    base::Result<std::size_t> read(std::span<std::byte> out);
    base::Result<std::size_t> readable(); // how many bytes are decrypted and can be read now

    base::Result<void> write(std::span<std::byte const> in); // takes all: watch outgoing()
    void close();                // close_notify; nothing can be written after it
    bool closed_by_peer() const; // by close_notify, or below TLS
    std::string alpn() const;    // the protocol agreed on; empty: none

    // ---- what the connection is, after the handshake ----

    // RFC 8446, 7.5: bytes that only its two ends have. Errno::Again before the handshake is done.
    base::Result<void>
    export_keys(std::string_view label, base::View context, std::span<std::byte> out) const;
    // Of an authenticator that the given end makes (RFC 9261, 5.1).
    base::Result<authenticator::Secrets> authenticator_secrets(authenticator::End maker) const;
    bool tls_1_3() const;
    bool resumed() const;
    // SubjectPublicKeyInfo of the peer's certificate; empty where it showed none.
    std::vector<std::byte> peer_public_key() const;

private:
    friend class TlsContext;

    struct Wire {
        TlsBuffer incoming;
        TlsBuffer outgoing;
        bool ended = false;
    };
    struct Pipe; // what the library calls to read and write a Wire

    static TlsResult<TlsSession> over(TlsHandle<ssl_st> ssl);
    TlsSession(std::unique_ptr<Wire> wire, TlsHandle<ssl_st> ssl)
        : wire_{std::move(wire)}, ssl_{std::move(ssl)} {}

    base::Result<std::size_t> nothing_read(int answer); // what the library means by `answer`

    std::unique_ptr<Wire> wire_; // at a fixed address, which the library knows; outlives ssl_
    TlsHandle<ssl_st> ssl_;
    bool close_notify_came_ = false;
};

} // namespace crypto
