#include "crypto/tls_context.hpp"

#include "crypto/tls_peers.hpp"
#include "crypto/tls_roots.hpp"

#include <array>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

namespace crypto {
namespace {

using Kind = TlsError::Kind;
using Wire = std::vector<std::uint8_t>;

std::unexpected<TlsError> settings_error(std::string what) {
    return std::unexpected(tls_library_error(Kind::Settings, std::move(what)));
}

// RFC 7301 3.1: each name with its length before it.
TlsResult<Wire> alpn_wire(std::span<std::string const> names) {
    Wire wire;
    for (auto const& name : names) {
        if (name.empty() || name.size() > 255)
            return settings_error("an ALPN protocol name has 1 to 255 bytes");
        wire.push_back(static_cast<std::uint8_t>(name.size()));
        wire.insert(wire.end(), name.begin(), name.end());
    }
    return wire;
}

TlsResult<TlsHandle<ssl_ctx_st>> tls_1_3() {
    TlsHandle<ssl_ctx_st> context{SSL_CTX_new(TLS_method())};
    SSL_CTX* const raw = context.get();
    bool const made = raw != nullptr && SSL_CTX_set_min_proto_version(raw, TLS1_3_VERSION) == 1 &&
                      SSL_CTX_set_max_proto_version(raw, TLS1_3_VERSION) == 1 &&
                      SSL_CTX_set1_groups_list(raw, "X25519MLKEM768:X25519:P-256:P-384") == 1;
    if (!made) return settings_error("preparing TLS 1.3");
    SSL_CTX_set_early_data_enabled(raw, 0); // 0-RTT data can be replayed
    SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF);
    // Whoever is named as an authority is one: an intermediate, or the peer's own certificate, too.
    X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(raw), X509_V_FLAG_PARTIAL_CHAIN);
    return context;
}

TlsResult<void> exchange_on_x25519(SSL_CTX* context) {
    if (SSL_CTX_set1_groups_list(context, "X25519MLKEM768:X25519") != 1)
        return settings_error("choosing the key exchange");
    return {};
}

TlsResult<TlsHandle<ssl_ctx_st>> tls_1_3(TlsCredential const& credential) {
    auto context = TRY(tls_1_3());
    SSL_CTX* const raw = context.get();
    auto const chain = credential.chain();
    bool shown = SSL_CTX_use_certificate(raw, chain.front().get()) == 1 &&
                 SSL_CTX_use_PrivateKey(raw, credential.key()) == 1;
    for (auto const& issuer : chain.subspan(1))
        shown = shown && SSL_CTX_add1_chain_cert(raw, issuer.get()) == 1;
    if (!shown) return settings_error("the certificate and its key cannot be used for TLS");
    return context;
}

TlsResult<void> trust(SSL_CTX* context, X509* authority) {
    if (X509_STORE_add_cert(SSL_CTX_get_cert_store(context), authority) != 1)
        return settings_error("an authority cannot be trusted");
    return {};
}

TlsResult<std::vector<TlsHandle<x509_st>>> read_authorities(std::span<std::string const> texts) {
    std::vector<TlsHandle<x509_st>> all;
    for (auto const& text : texts)
        for (auto& authority : TRY(certificates_from_pem(text)))
            all.push_back(std::move(authority));
    return all;
}

ssl_verify_result_t take_any(SSL* /*session*/, std::uint8_t* /*alert*/) { return ssl_verify_ok; }

TlsResult<void> ask_clients(SSL_CTX* context, TlsServerSettings const& settings) {
    if (settings.any_client_certificate) {
        SSL_CTX_set_custom_verify(context, SSL_VERIFY_PEER, take_any);
        return {};
    }
    if (settings.authorities.empty()) return {};
    for (auto const& authority : TRY(read_authorities(settings.authorities))) {
        TRY(trust(context, authority.get()));
        if (SSL_CTX_add_client_CA(context, authority.get()) != 1)
            return settings_error("an authority cannot be named to clients");
    }
    int const none = settings.client_certificate ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0;
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | none, nullptr);
    return {};
}

TlsResult<void> believe_servers(SSL_CTX* context, TlsClientSettings const& settings) {
    if (settings.any_certificate) {
        SSL_CTX_set_custom_verify(context, SSL_VERIFY_PEER, take_any);
        return {};
    }
    auto const authorities = settings.authorities.empty()
                                 ? TRY(tls_roots())
                                 : TRY(read_authorities(settings.authorities));
    for (auto const& authority : authorities) TRY(trust(context, authority.get()));
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
    return {};
}

bool is_address(std::string const& name) {
    bssl::UniquePtr<ASN1_OCTET_STRING> const address{a2i_IPADDRESS(name.c_str())};
    ERR_clear_error();
    return address != nullptr;
}

// RFC 8446 4.6.1: a ticket lets the client resume. Its key is this context's own and leaves with
// it.
TlsResult<void> set_tickets(SSL_CTX* context, bool wanted) {
    static constexpr std::array<std::uint8_t, 5> session_context{'E', 'n', 'a', 'r', 'x'};
    if (!wanted) {
        SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
        SSL_CTX_set_num_tickets(context, 0);
    }
    if (SSL_CTX_set_session_id_context(context, session_context.data(), session_context.size()) !=
        1)
        return settings_error("preparing sessions");
    return {};
}

} // namespace

struct TlsContext::Choice {
    // NOLINTNEXTLINE(readability-function-size): the library says which parameters there are
    static int make(
        SSL* /*session*/,
        std::uint8_t const** out,
        std::uint8_t* out_size,
        std::uint8_t const* offered,
        unsigned offered_size,
        void* ours
    ) {
        auto const& alpn = *static_cast<Alpn const*>(ours);
        for (auto const* const wire : {&alpn.first, &alpn.also}) {
            std::uint8_t* chosen = nullptr;
            int const found = wire->empty() ? OPENSSL_NPN_NO_OVERLAP
                                            : SSL_select_next_proto(
                                                  &chosen,
                                                  out_size,
                                                  wire->data(),
                                                  static_cast<unsigned>(wire->size()),
                                                  offered,
                                                  offered_size
                                              );
            *out = chosen;
            if (found == OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_OK;
        }
        // RFC 7301 3.2: none in common ends the handshake with a server that speaks some.
        return alpn.first.empty() ? SSL_TLSEXT_ERR_NOACK : SSL_TLSEXT_ERR_ALERT_FATAL;
    }
};

TlsResult<TlsContext>
TlsContext::server(TlsCredential const& credential, TlsServerSettings const& settings) {
    if (settings.client_certificate && settings.authorities.empty()) {
        return std::unexpected(
            TlsError{
                .kind = Kind::Settings,
                .text = "client certificates are wanted, but no authority for them"
            }
        );
    }
    TlsContext made{TRY(tls_1_3(credential))};
    SSL_CTX* const raw = made.context_.get();
    TRY(set_tickets(raw, settings.session_tickets));
    if (settings.x25519_alone) TRY(exchange_on_x25519(raw));
    TRY(ask_clients(raw, settings));
    if (!want_peers(raw, settings.peers, settings.unprotected))
        return settings_error("preparing names of clients");
    made.alpn_ = std::make_unique<Alpn>(
        Alpn{.first = TRY(alpn_wire(settings.alpn)), .also = TRY(alpn_wire(settings.also_alpn))}
    );
    if (!made.alpn_->first.empty() || !made.alpn_->also.empty())
        SSL_CTX_set_alpn_select_cb(raw, Choice::make, made.alpn_.get());
    return made;
}

TlsResult<TlsContext>
TlsContext::client(TlsCredential const& credential, TlsClientSettings const& settings) {
    TlsContext made{TRY(tls_1_3(credential))};
    TRY(made.speak_to_servers(settings));
    return made;
}

TlsResult<TlsContext> TlsContext::client(TlsClientSettings const& settings) {
    TlsContext made{TRY(tls_1_3())};
    TRY(made.speak_to_servers(settings));
    return made;
}

TlsResult<void> TlsContext::speak_to_servers(TlsClientSettings const& settings) {
    SSL_CTX* const raw = context_.get();
    if (settings.also_tls_1_2 && SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION) != 1)
        return settings_error("preparing TLS 1.2");
    TRY(believe_servers(raw, settings));
    if (settings.x25519_alone) TRY(exchange_on_x25519(raw));
    if (!want_peers(raw, settings.peers, settings.unprotected))
        return settings_error("preparing names of servers");
    peers_alone_ = settings.peers_alone && !settings.peers.empty();

    auto const wire = TRY(alpn_wire(settings.alpn));
    // Other than its sisters, this one answers 0 for success.
    if (SSL_CTX_set_alpn_protos(raw, wire.data(), wire.size()) != 0)
        return settings_error("the ALPN protocol names cannot be used");
    return {};
}

TlsResult<TlsSession> TlsContext::accept() const {
    TlsHandle<ssl_st> ssl{SSL_new(context_.get())};
    if (!ssl) return settings_error("preparing a TLS session");
    SSL_set_accept_state(ssl.get());
    return TlsSession::over(std::move(ssl));
}

TlsResult<TlsSession> TlsContext::connect(std::string const& server_name) const {
    TlsHandle<ssl_st> ssl{SSL_new(context_.get())};
    if (!ssl) return settings_error("preparing a TLS session");
    SSL_set_connect_state(ssl.get());
    // RFC 9525 4.1: the subject's common name is no name of the server.
    SSL_set_hostflags(ssl.get(), X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);

    // RFC 6066 3: an address is not sent as the server's name.
    bool const address = is_address(server_name);
    auto* const wanted = SSL_get0_param(ssl.get());
    auto const* const name = server_name.c_str();
    bool named = address || SSL_set_tlsext_host_name(ssl.get(), name) == 1;
    if (!peers_alone_)
        named = named && (address ? X509_VERIFY_PARAM_set1_ip_asc(wanted, name) == 1
                                  : SSL_set1_host(ssl.get(), name) == 1);
    if (!named || server_name.empty())
        return settings_error("'" + server_name + "' is no name of a server");
    return TlsSession::over(std::move(ssl));
}

} // namespace crypto
