#pragma once

// The settings that all TLS connections of one listener, or one client, share: TLS 1.3 and nothing
// older, where a client does not ask for it.

#include "crypto/tls_credential.hpp"
#include "crypto/tls_error.hpp"
#include "crypto/tls_handle.hpp"
#include "crypto/tls_peers.hpp"
#include "crypto/tls_session.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace crypto {

// Names of peers are URIs, such as SPIFFE IDs; one that ends with a slash stands for all below it.
// A certificate bears at most one (X509-SVID, 2), or it is none of a peer.
struct TlsServerSettings {
    std::span<std::string const> authorities; // PEM; clients that show a certificate must lead here
    bool client_certificate = false;          // refuse a client that shows none
    // Where there are some: refuse a client whose certificate bears none of these names.
    std::span<std::string const> peers = {};
    Unprotected unprotected = Unprotected::Admitted; // of those
    // Ask clients for a certificate and take any, or none: whose key it is that they have shown to
    // own (peer_public_key()), the caller has to know.
    bool any_client_certificate = false;
    std::span<std::string const> alpn; // in order of preference; empty: not spoken
    // For clients who offer these and none of the others. For all others it is as if they were not
    // here.
    std::span<std::string const> also_alpn = {};
    bool session_tickets = false;
    bool x25519_alone = false; // and with ML-KEM-768: no key exchange on another curve
};

struct TlsClientSettings {
    std::span<std::string const> authorities; // PEM; empty: the built-in ones
    std::span<std::string const> alpn;
    // Where there are some: the server's certificate has to bear one of these names.
    std::span<std::string const> peers = {};
    Unprotected unprotected = Unprotected::Admitted; // of those
    bool peers_alone = false;  // and need not bear the one by which it was reached
    bool also_tls_1_2 = false; // for servers of others that carry nothing secret
    // The server shows a certificate that no authority knows: what it is, an authenticator on this
    // connection tells (crypto/authenticator.hpp), or the caller who knows its key.
    bool any_certificate = false;
    bool x25519_alone = false; // as above
};

class TlsContext {
public:
    static TlsResult<TlsContext>
    server(TlsCredential const& credential, TlsServerSettings const& settings);
    // The credential is shown to a server that asks for one.
    static TlsResult<TlsContext>
    client(TlsCredential const& credential, TlsClientSettings const& settings);
    // It has nothing to show to a server that asks who comes.
    static TlsResult<TlsContext> client(TlsClientSettings const& settings);

    // A session on the server's side. The context outlives its handshake.
    TlsResult<TlsSession> accept() const;
    // A session to the server of that name, which its certificate must bear: a DNS name or an IP
    // literal, unless `peers` alone count.
    TlsResult<TlsSession> connect(std::string const& server_name) const;

private:
    // Names of protocols as they stand on the wire.
    struct Alpn {
        std::vector<std::uint8_t> first;
        std::vector<std::uint8_t> also;
    };
    struct Choice; // of one of them

    explicit TlsContext(TlsHandle<ssl_ctx_st> context) : context_{std::move(context)} {}
    TlsResult<void> speak_to_servers(TlsClientSettings const& settings);

    TlsHandle<ssl_ctx_st> context_;
    std::unique_ptr<Alpn> alpn_; // its address is known to the library
    bool peers_alone_ = false;
};

} // namespace crypto
