#pragma once

// Exported authenticators in TLS (RFC 9261): one end of a connection shows, after the handshake, a
// certificate that it holds the key of, and what belongs to the certificate. The answer is bound to
// exactly this connection, by keys that its exporter makes, and to the request that was sent.
//
// Of what the RFC allows, this is one form: a request with a context, one algorithm of signatures
// (ecdsa_secp256r1_sha256) and an empty cmw_attestation; an authenticator with one certificate,
// whose entry has one extension, the attestation (draft-fossati-seat-expat-03). Everything else is
// refused.

#include "base/result.hpp"
#include "base/view.hpp"
#include "base/wire.hpp"
#include "crypto/digest.hpp"
#include "crypto/tls_credential.hpp"

#include <cstdint>
#include <vector>

namespace crypto::authenticator {

// Which end of the TLS connection makes the authenticator.
enum class End : std::uint8_t { Server = 0, Client = 1 };

// The label of the exporter that binds evidence to a connection, and the type of the extension:
// for private use (RFC 8447, 7) until IANA assigns one.
inline constexpr std::string_view attestation_label = "Attestation";
inline constexpr std::uint16_t attestation_extension = 0xffa7;

// What both ends of one connection have and nobody else (RFC 9261, 5.1), as long as the hash of the
// connection's cipher suite.
struct Secrets {
    Hash hash = Hash::Sha256; // or Sha384
    std::vector<std::byte> handshake_context;
    std::vector<std::byte> finished_key;
};

// Section 4; `context` has 1 to 255 bytes.
std::vector<std::byte> request(End maker, base::View context);
// The context of a request. Errno::BadMsg for everything that request() does not write.
base::Result<base::View> context_of(End maker, base::View request);

struct Shown {
    std::vector<std::byte> certificate; // DER
    std::vector<std::byte> attestation; // content of the extension
};

// Section 5.2. The credential's key is one of ECDSA on P-256; its own certificate is shown, no
// other of its chain. Errno::Inval: the request or the key is of another form, or the attestation
// too long.
base::Result<std::vector<std::byte>> make(
    Secrets const& secrets,
    base::View request,
    TlsCredential const& credential,
    base::View attestation
);

// In the order in which they are looked for.
enum class Fault : std::uint8_t {
    Form,        // no authenticator of the form above
    Context,     // made for another request
    Certificate, // not the key that was expected
    Verify,      // the signature is not one of that key over this connection and request
    Finished,    // made on another connection, or changed
};

// Who made the authenticator has the private key of its certificate, and is the other end of the
// connection, or was handed what that end signed for it and passed it on unchanged. `public_key` is
// the one that has to be in the certificate, as SubjectPublicKeyInfo; empty: any on P-256.
base::Result<Shown, Fault>
verify(Secrets const& secrets, base::View request, base::View authenticator, base::View public_key);

} // namespace crypto::authenticator
