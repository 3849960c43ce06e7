#pragma once

// Frames of the provisioning protocol (protocol/provision/frame.hpp) in a TLS session, whatever
// carries its bytes.

#include "crypto/tls_session.hpp"
#include "protocol/provision/frame.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace net {

// Why no frame can come any more.
struct FramesOver {
    bool orderly = false;       // the peer has ended the connection, between two frames
    std::string_view rule = {}; // "frame.length": what it sent is none
};

class FrameReader {
public:
    // The next frame, which refers to this reader until the next call; nothing: more bytes of the
    // peer are needed. `trust`: what may come now.
    base::Result<std::optional<protocol::provision::Frame>, FramesOver>
    next(crypto::TlsSession& session, protocol::provision::Trust trust);

private:
    // False: more bytes are needed.
    base::Result<bool, FramesOver> fill(crypto::TlsSession& session, std::size_t size);

    std::vector<std::byte> bytes_; // of the frame that is coming, with its header
    std::size_t filled_ = 0;
    bool taken_ = false; // it was handed out
};

// To the session: what it has to send then, is the caller's to send.
base::Result<void>
put_frame(crypto::TlsSession& session, protocol::provision::FrameType type, base::View body);

} // namespace net
