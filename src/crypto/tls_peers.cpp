#include "crypto/tls_peers.hpp"

#include "protocol/provision/certificate.hpp"

#include <algorithm>
#include <memory>
#include <vector>

#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

namespace crypto {

std::string peer_uri(x509_st* certificate) {
    bssl::UniquePtr<GENERAL_NAMES> const names{static_cast<GENERAL_NAMES*>(
        X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)
    )};
    std::string out;
    if (!names) return out;
    for (std::size_t i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
        auto const* const name = sk_GENERAL_NAME_value(names.get(), i);
        if (name->type != GEN_URI) continue;
        auto const* const uri = name->d.uniformResourceIdentifier;
        if (!out.empty() || ASN1_STRING_length(uri) <= 0) return {};
        // Safety: the library shows so many bytes there.
        out.assign(
            reinterpret_cast<char const*>(ASN1_STRING_get0_data(uri)),
            static_cast<std::size_t>(ASN1_STRING_length(uri))
        );
    }
    return out;
}

bool admits_peer(std::span<std::string const> names, std::string_view uri) {
    return std::ranges::any_of(names, [uri](std::string const& name) {
        return name.ends_with('/') ? uri.starts_with(name) && uri.size() > name.size()
                                   : uri == name;
    });
}

bool says_unprotected(x509_st* certificate) {
    auto const* const subject = X509_get_subject_name(certificate);
    auto const next = [subject](int at) {
        return X509_NAME_get_index_by_NID(subject, NID_organizationalUnitName, at);
    };
    for (int at = next(-1); at >= 0; at = next(at)) {
        auto const* const text = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at));
        // Safety: the library shows so many bytes there.
        std::string_view const unit{
            reinterpret_cast<char const*>(ASN1_STRING_get0_data(text)),
            static_cast<std::size_t>(ASN1_STRING_length(text))
        };
        if (unit == protocol::provision::no_hardware_protection) return true;
    }
    return false;
}

namespace {

struct Wanted {
    std::vector<std::string> names;
    Unprotected unprotected;
};

// The library calls it for each certificate of a peer.
int verify(X509_STORE_CTX* store, void* ours) {
    if (X509_verify_cert(store) != 1) return 0;
    auto const& wanted = *static_cast<Wanted const*>(ours);
    auto* const certificate = X509_STORE_CTX_get0_cert(store);
    auto const uri = peer_uri(certificate);
    bool const named = !uri.empty() && admits_peer(wanted.names, uri);
    bool const refused =
        wanted.unprotected == Unprotected::Refused && says_unprotected(certificate);
    if (named && !refused) return 1;
    X509_STORE_CTX_set_error(
        store, named ? X509_V_ERR_CERT_REJECTED : X509_V_ERR_APPLICATION_VERIFICATION
    );
    // The certificate is a good one, but not for this (RFC 8446, 6.2): the library has no error of
    // verification that says so.
    auto* const session = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
    SSL_send_fatal_alert(static_cast<SSL*>(session), SSL_AD_ACCESS_DENIED);
    return 0;
}

// NOLINTNEXTLINE(readability-function-size): the library says which parameters there are
void forget(
    void* /*context*/,
    void* names,
    CRYPTO_EX_DATA* /*data*/,
    int /*index*/,
    long /*number*/,
    void* /*pointer*/
) {
    delete static_cast<Wanted*>(names); // NOLINT(cppcoreguidelines-owning-memory): the library's
}

} // namespace

bool want_peers(ssl_ctx_st* context, std::span<std::string const> names, Unprotected unprotected) {
    if (names.empty()) return true;
    static int const place = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, forget);
    auto kept = std::make_unique<Wanted>(
        Wanted{.names = {names.begin(), names.end()}, .unprotected = unprotected}
    );
    if (place < 0 || SSL_CTX_set_ex_data(context, place, kept.get()) != 1) return false;
    // They live as long as the library's context, which sessions may hold longer than we do.
    SSL_CTX_set_cert_verify_callback(context, verify, kept.release());
    return true;
}

} // namespace crypto
