#include "crypto/tls_session.hpp"

#include "crypto/raw.hpp"
#include "crypto/tls_peers.hpp"

#include <algorithm>
#include <climits>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

namespace crypto {
namespace {

using base::Errno;
using Kind = TlsError::Kind;

// Of a peer whose handshake is done. Room for several records (RFC 8446 5.2: at most 16 KiB + 261
// bytes each), so that one receive brings several.
constexpr std::size_t incoming_room = std::size_t{64} << 10;

int clamp(std::size_t size) { return static_cast<int>(std::min<std::size_t>(size, INT_MAX)); }

Kind kind_of(long verification) {
    switch (verification) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return Kind::Expired;
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
    case X509_V_ERR_APPLICATION_VERIFICATION: // of names of peers (tls_peers.cpp)
        return Kind::WrongName;
    case X509_V_ERR_CERT_REJECTED: // of names of peers, too
        return Kind::Unprotected;
    default:
        return Kind::Untrusted;
    }
}

// Of a peer that is none of those who were wanted.
std::string whose_certificate(SSL* session) {
    bssl::UniquePtr<X509> const certificate{SSL_get_peer_certificate(session)};
    auto const uri = certificate ? peer_uri(certificate.get()) : std::string{};
    return uri.empty() ? "its certificate does not name one Keep" : "its certificate is for " + uri;
}

} // namespace

// A BIO whose two ends are a Wire's buffers.
struct TlsSession::Pipe {
    static int read(BIO* bio, char* out, int size) {
        auto& wire = *static_cast<Wire*>(BIO_get_data(bio));
        BIO_clear_retry_flags(bio);
        if (wire.incoming.empty()) {
            if (wire.ended) return 0;
            BIO_set_retry_read(bio);
            return -1;
        }
        // Safety: the library lends `size` bytes at `out`.
        auto* const bytes = reinterpret_cast<std::byte*>(out);
        return static_cast<int>(wire.incoming.take({bytes, static_cast<std::size_t>(size)}));
    }

    static int write(BIO* bio, char const* in, int size) {
        auto& wire = *static_cast<Wire*>(BIO_get_data(bio));
        BIO_clear_retry_flags(bio);
        // Safety: the library lends `size` bytes at `in`.
        auto const* const bytes = reinterpret_cast<std::byte const*>(in);
        wire.outgoing.append({bytes, static_cast<std::size_t>(size)});
        return size;
    }

    static long control(BIO* /*bio*/, int command, long /*number*/, void* /*pointer*/) {
        return command == BIO_CTRL_FLUSH ? 1 : 0;
    }

    // Made once and never freed: every session's BIO points to it.
    static BIO_METHOD const* method() {
        static BIO_METHOD const* const made = [] {
            BIO_METHOD* const fresh = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "wire");
            if (fresh == nullptr) return fresh;
            BIO_meth_set_read(fresh, read);
            BIO_meth_set_write(fresh, write);
            BIO_meth_set_ctrl(fresh, control);
            return fresh;
        }();
        return made;
    }
};

TlsResult<TlsSession> TlsSession::over(TlsHandle<ssl_st> ssl) {
    BIO* const bio = BIO_new(Pipe::method());
    if (bio == nullptr)
        return std::unexpected(tls_library_error(Kind::Settings, "preparing a TLS session"));
    auto wire = std::make_unique<Wire>();
    BIO_set_data(bio, wire.get());
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl.get(), bio, bio);
    SSL_set_shed_handshake_config(ssl.get(), 1);
    return TlsSession{std::move(wire), std::move(ssl)};
}

std::span<std::byte> TlsSession::incoming_space() {
    bool const believed = SSL_in_init(ssl_.get()) == 0;
    return wire_->incoming.space(believed ? incoming_room : handshake_room);
}
void TlsSession::received(std::size_t bytes) { wire_->incoming.wrote(bytes); }
void TlsSession::received(base::View bytes) { wire_->incoming.append(bytes); }
void TlsSession::shed() {
    wire_->incoming.shed();
    wire_->outgoing.shed();
}
void TlsSession::received_end() { wire_->ended = true; }

TlsResult<bool> TlsSession::handshake() {
    int const answer = SSL_do_handshake(ssl_.get());
    if (answer == 1) return true;
    if (SSL_get_error(ssl_.get(), answer) == SSL_ERROR_WANT_READ) return false;

    bool const disbelieved = ERR_GET_REASON(ERR_peek_error()) == SSL_R_CERTIFICATE_VERIFY_FAILED;
    if (long const verified = SSL_get_verify_result(ssl_.get()); disbelieved) {
        ERR_clear_error();
        std::string text = X509_verify_cert_error_string(verified);
        if (verified == X509_V_ERR_APPLICATION_VERIFICATION) text = whose_certificate(ssl_.get());
        if (verified == X509_V_ERR_CERT_REJECTED)
            text = "no hardware protects the Keep at its other end";
        return std::unexpected(TlsError{.kind = kind_of(verified), .text = std::move(text)});
    }
    if (wire_->ended && wire_->incoming.empty()) {
        ERR_clear_error();
        return std::unexpected(
            TlsError{.kind = Kind::Handshake, .text = "the peer closed the connection"}
        );
    }
    return std::unexpected(tls_library_error(Kind::Handshake, "no agreement on TLS 1.3"));
}

base::Result<std::size_t> TlsSession::nothing_read(int answer) {
    int const error = SSL_get_error(ssl_.get(), answer);
    if (error == SSL_ERROR_WANT_READ) return std::unexpected(Errno::Again);
    if (error == SSL_ERROR_ZERO_RETURN) {
        close_notify_came_ = true;
        return 0;
    }
    bool const alert = ERR_GET_REASON(ERR_peek_error()) >= SSL_AD_REASON_OFFSET;
    ERR_clear_error();
    bool const vanished = wire_->ended && wire_->incoming.empty();
    return std::unexpected(alert || vanished ? Errno::ConnReset : Errno::Proto);
}

base::Result<std::size_t> TlsSession::read(std::span<std::byte> out) {
    int const answer = SSL_read(ssl_.get(), out.data(), clamp(out.size()));
    if (answer > 0) return static_cast<std::size_t>(answer);
    return nothing_read(answer);
}

base::Result<std::size_t> TlsSession::readable() {
    std::byte first{};
    int const answer = SSL_peek(ssl_.get(), &first, 1);
    if (answer > 0) return static_cast<std::size_t>(SSL_pending(ssl_.get()));
    return nothing_read(answer);
}

base::Result<void> TlsSession::write(std::span<std::byte const> in) {
    if (in.empty()) return {};
    int const answer = SSL_write(ssl_.get(), in.data(), clamp(in.size()));
    if (answer > 0 && static_cast<std::size_t>(answer) == in.size()) return {};
    ERR_clear_error();
    return std::unexpected(Errno::Pipe);
}

void TlsSession::close() {
    SSL_shutdown(ssl_.get());
    ERR_clear_error();
}

bool TlsSession::closed_by_peer() const { return close_notify_came_ || wire_->ended; }

std::string TlsSession::alpn() const {
    std::uint8_t const* name = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(ssl_.get(), &name, &size);
    // Safety: the library shows `size` bytes at `name`.
    return {reinterpret_cast<char const*>(name), size};
}

base::Result<void> TlsSession::export_keys(
    std::string_view label, base::View context, std::span<std::byte> out
) const {
    constexpr int with_context = 1;
    bool const exported = SSL_in_init(ssl_.get()) == 0 && SSL_export_keying_material(
                                                              ssl_.get(),
                                                              raw_out(out),
                                                              out.size(),
                                                              label.data(),
                                                              label.size(),
                                                              raw(context),
                                                              context.size(),
                                                              with_context
                                                          ) == 1;
    ERR_clear_error();
    if (!exported) return std::unexpected(Errno::Again);
    return {};
}

base::Result<authenticator::Secrets>
TlsSession::authenticator_secrets(authenticator::End maker) const {
    if (SSL_in_init(ssl_.get()) != 0) return std::unexpected(Errno::Again);
    auto const* const digest = SSL_CIPHER_get_handshake_digest(SSL_get_current_cipher(ssl_.get()));
    bool const client = maker == authenticator::End::Client;
    authenticator::Secrets out;
    out.hash = digest == EVP_sha384() ? Hash::Sha384 : Hash::Sha256;
    out.handshake_context.resize(EVP_MD_size(digest));
    out.finished_key.resize(EVP_MD_size(digest));
    TRY(export_keys(
        client ? "EXPORTER-client authenticator handshake context"
               : "EXPORTER-server authenticator handshake context",
        {},
        out.handshake_context
    ));
    TRY(export_keys(
        client ? "EXPORTER-client authenticator finished key"
               : "EXPORTER-server authenticator finished key",
        {},
        out.finished_key
    ));
    return out;
}

bool TlsSession::tls_1_3() const { return SSL_version(ssl_.get()) == TLS1_3_VERSION; }
bool TlsSession::resumed() const { return SSL_session_reused(ssl_.get()) == 1; }

std::vector<std::byte> TlsSession::peer_public_key() const {
    bssl::UniquePtr<X509> const certificate{SSL_get_peer_certificate(ssl_.get())};
    if (!certificate) return {};
    std::uint8_t* der = nullptr;
    return adopted(der, i2d_PUBKEY(X509_get0_pubkey(certificate.get()), &der));
}

} // namespace crypto
