#pragma once

// One TLS connection between a Keep and who asks it for evidence, as that evidence has to bind it;
// the same at both ends. Taken from the session itself, so that nobody hands in values of another
// connection.

#include "crypto/tls_session.hpp"

namespace crypto {

class BoundChannel {
public:
    // `keep_is`: which end the Keep is. `request`: the authenticator request that was sent to it.
    // Errno::Again before the handshake is done, Errno::BadMsg: that is no request.
    static base::Result<BoundChannel>
    of(TlsSession const& session, authenticator::End keep_is, base::View request);

    authenticator::End keep_is() const { return keep_is_; }
    bool tls_1_3() const { return tls_1_3_; }
    bool resumed() const { return resumed_; }
    base::View request() const { return request_; }
    authenticator::Secrets const& secrets() const { return secrets_; }
    // What the peer showed in the handshake; empty where it showed nothing.
    base::View peer_key() const { return peer_key_; }
    // What a Keep with that identity key binds on this connection for this request.
    std::vector<std::byte> binder(base::View identity_key) const;

private:
    friend struct BoundChannelForTests; // that binds less
    BoundChannel() = default;

    authenticator::End keep_is_{};
    bool tls_1_3_ = false;
    bool resumed_ = true;
    std::vector<std::byte> request_;
    authenticator::Secrets secrets_;
    std::vector<std::byte> peer_key_;
    std::vector<std::byte> exported_;
};

} // namespace crypto
