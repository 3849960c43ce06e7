#pragma once

// One TLS connection to a Keep, as its evidence has to bind it. Taken from the session itself, so
// that nobody hands in values of another connection.

#include "crypto/tls_session.hpp"

namespace attest::provision {

class Channel {
public:
    // `keep_is`: which end the Keep is. `request`: the authenticator request that was sent to it.
    // Errno::Again before the handshake is done, Errno::BadMsg: that is no request.
    static base::Result<Channel>
    of(crypto::TlsSession const& session, crypto::authenticator::End keep_is, base::View request);

    crypto::authenticator::End keep_is() const { return keep_is_; }
    bool tls_1_3() const { return tls_1_3_; }
    bool resumed() const { return resumed_; }
    base::View request() const { return request_; }
    crypto::authenticator::Secrets const& secrets() const { return secrets_; }
    // What the peer showed in the handshake; empty where it showed nothing.
    base::View peer_key() const { return peer_key_; }
    // What a Keep with that identity key binds on this connection for this request.
    std::vector<std::byte> binder(base::View identity_key) const;

private:
    friend struct ChannelForTests; // that binds less
    Channel() = default;

    crypto::authenticator::End keep_is_{};
    bool tls_1_3_ = false;
    bool resumed_ = true;
    std::vector<std::byte> request_;
    crypto::authenticator::Secrets secrets_;
    std::vector<std::byte> peer_key_;
    std::vector<std::byte> exported_;
};

} // namespace attest::provision
