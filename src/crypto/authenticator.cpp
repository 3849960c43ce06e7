#include "crypto/authenticator.hpp"

#include "crypto/certificate.hpp"
#include "crypto/raw.hpp"

#include <algorithm>
#include <string_view>

#include <openssl/bytestring.h>
#include <openssl/digest.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/mem.h>
#include <openssl/ssl.h>

namespace crypto::authenticator {
namespace {

using base::Errno;
using Bytes = std::vector<std::byte>;

// HandshakeType (RFC 8446, 4; RFC 9261, 4)
enum class Type : std::uint8_t {
    Certificate = 11,
    CertificateRequest = 13,
    CertificateVerify = 15,
    ClientCertificateRequest = 17,
    Finished = 20,
};

constexpr std::uint16_t signature_algorithms = 13; // ExtensionType (RFC 8446, 4.2)

Bytes finish(CBB* out) {
    std::uint8_t* data = nullptr;
    std::size_t size = 0;
    if (CBB_finish(out, &data, &size) != 1) return {};
    return adopted(data, static_cast<int>(size));
}

base::View view(CBS const& bytes) {
    // Safety: std::byte may alias any object.
    return {reinterpret_cast<std::byte const*>(CBS_data(&bytes)), CBS_len(&bytes)};
}

bool add(CBB* out, base::View bytes) { return CBB_add_bytes(out, raw(bytes), bytes.size()) == 1; }

// A handshake message with its header: type and length.
bool begin(CBB* out, Type type, CBB* body) {
    return CBB_add_u8(out, static_cast<std::uint8_t>(type)) == 1 &&
           CBB_add_u24_length_prefixed(out, body) == 1;
}

// The body of the next message; `whole` is it with its header.
bool take(CBS* in, Type type, CBS* body, base::View* whole) {
    CBS const before = *in;
    std::uint8_t found = 0;
    if (CBS_get_u8(in, &found) != 1 || found != static_cast<std::uint8_t>(type) ||
        CBS_get_u24_length_prefixed(in, body) != 1)
        return false;
    *whole = view(before).first(CBS_len(&before) - CBS_len(in));
    return true;
}

EVP_MD const* digest_of(Hash hash) { return hash == Hash::Sha384 ? EVP_sha384() : EVP_sha256(); }

// 5.2.2 and 5.2.3: the hash over the handshake context, the request and the messages so far.
Bytes transcript(Secrets const& secrets, base::View request, base::View messages) {
    bssl::ScopedEVP_MD_CTX context;
    Bytes out(EVP_MD_size(digest_of(secrets.hash)));
    bool made = EVP_DigestInit_ex(context.get(), digest_of(secrets.hash), nullptr) == 1;
    for (base::View const part : {base::View{secrets.handshake_context}, request, messages})
        made = made && EVP_DigestUpdate(context.get(), part.data(), part.size()) == 1;
    unsigned size = 0;
    if (!made || EVP_DigestFinal_ex(context.get(), raw_out(out), &size) != 1) return {};
    return out;
}

// 5.2.2: what the signature is over.
Bytes to_sign(base::View transcript) {
    Bytes out(64, std::byte{' '});
    constexpr std::string_view label{"Exported Authenticator\0", 23};
    auto const bytes = base::view_of(label);
    out.insert(out.end(), bytes.begin(), bytes.end());
    out.insert(out.end(), transcript.begin(), transcript.end());
    return out;
}

Bytes finished_mac(Secrets const& secrets, base::View transcript) {
    Bytes out(transcript.size());
    unsigned size = 0;
    auto const* const made = HMAC(
        digest_of(secrets.hash),
        secrets.finished_key.data(),
        secrets.finished_key.size(),
        raw(transcript),
        transcript.size(),
        raw_out(out),
        &size
    );
    return made == nullptr ? Bytes{} : out;
}

bool sign(EVP_PKEY* key, base::View message, Bytes& signature) {
    bssl::ScopedEVP_MD_CTX context;
    std::size_t size = 0;
    if (EVP_PKEY_id(key) != EVP_PKEY_EC || EVP_PKEY_bits(key) != 256) return false;
    if (EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key) != 1 ||
        EVP_DigestSign(context.get(), nullptr, &size, raw(message), message.size()) != 1)
        return false;
    signature.resize(size);
    if (EVP_DigestSign(context.get(), raw_out(signature), &size, raw(message), message.size()) != 1)
        return false;
    signature.resize(size);
    return true;
}

Bytes certificate_message(base::View context, base::View certificate, base::View attestation) {
    bssl::ScopedCBB out;
    CBB body;
    CBB part;
    CBB entry;
    CBB extensions;
    bool const written =
        CBB_init(out.get(), 512) == 1 && begin(out.get(), Type::Certificate, &body) &&
        CBB_add_u8_length_prefixed(&body, &part) == 1 && add(&part, context) &&
        CBB_add_u24_length_prefixed(&body, &part) == 1 &&
        CBB_add_u24_length_prefixed(&part, &entry) == 1 && add(&entry, certificate) &&
        CBB_add_u16_length_prefixed(&part, &extensions) == 1 &&
        CBB_add_u16(&extensions, attestation_extension) == 1 &&
        CBB_add_u16_length_prefixed(&extensions, &entry) == 1 && add(&entry, attestation);
    return written ? finish(out.get()) : Bytes{};
}

Bytes verify_message(base::View signature) {
    bssl::ScopedCBB out;
    CBB body;
    CBB part;
    bool const written = CBB_init(out.get(), 128) == 1 &&
                         begin(out.get(), Type::CertificateVerify, &body) &&
                         CBB_add_u16(&body, SSL_SIGN_ECDSA_SECP256R1_SHA256) == 1 &&
                         CBB_add_u16_length_prefixed(&body, &part) == 1 && add(&part, signature);
    return written ? finish(out.get()) : Bytes{};
}

Bytes finished_message(base::View mac) {
    bssl::ScopedCBB out;
    CBB body;
    bool const written =
        CBB_init(out.get(), 64) == 1 && begin(out.get(), Type::Finished, &body) && add(&body, mac);
    return written ? finish(out.get()) : Bytes{};
}

void append(Bytes& out, base::View more) { out.insert(out.end(), more.begin(), more.end()); }

// The parts of an authenticator, and its messages with their headers.
struct Parts {
    base::View context, certificate, attestation, signature, mac;
    base::View certificate_message, verify_message;
};

bool parse_certificate(CBS body, Parts& out) {
    CBS context;
    CBS list;
    CBS certificate;
    CBS extensions;
    CBS content;
    std::uint16_t type = 0;
    bool const read = CBS_get_u8_length_prefixed(&body, &context) == 1 &&
                      CBS_get_u24_length_prefixed(&body, &list) == 1 && CBS_len(&body) == 0 &&
                      CBS_get_u24_length_prefixed(&list, &certificate) == 1 &&
                      CBS_get_u16_length_prefixed(&list, &extensions) == 1 && CBS_len(&list) == 0 &&
                      CBS_get_u16(&extensions, &type) == 1 && type == attestation_extension &&
                      CBS_get_u16_length_prefixed(&extensions, &content) == 1 &&
                      CBS_len(&extensions) == 0;
    if (!read) return false;
    out.context = view(context);
    out.certificate = view(certificate);
    out.attestation = view(content);
    return true;
}

bool parse(base::View bytes, Parts& out) {
    CBS in;
    CBS body;
    CBS signature;
    base::View ignored;
    std::uint16_t algorithm = 0;
    CBS_init(&in, raw(bytes), bytes.size());
    if (!take(&in, Type::Certificate, &body, &out.certificate_message) ||
        !parse_certificate(body, out))
        return false;
    if (!take(&in, Type::CertificateVerify, &body, &out.verify_message) ||
        CBS_get_u16(&body, &algorithm) != 1 || algorithm != SSL_SIGN_ECDSA_SECP256R1_SHA256 ||
        CBS_get_u16_length_prefixed(&body, &signature) != 1 || CBS_len(&body) != 0)
        return false;
    out.signature = view(signature);
    if (!take(&in, Type::Finished, &body, &ignored) || CBS_len(&in) != 0) return false;
    out.mac = view(body);
    return true;
}

Type type_of(End maker) {
    return maker == End::Server ? Type::ClientCertificateRequest : Type::CertificateRequest;
}

// The context of a request from either end.
base::Result<base::View> context_of_any(base::View request) {
    if (request.empty()) return std::unexpected(Errno::BadMsg);
    bool const to_server = request[0] == std::byte(Type::ClientCertificateRequest);
    return context_of(to_server ? End::Server : End::Client, request);
}

} // namespace

Bytes request(End maker, base::View context) {
    bssl::ScopedCBB out;
    CBB body;
    CBB part;
    CBB extensions;
    CBB content;
    CBB algorithms;
    bool const written = CBB_init(out.get(), 64) == 1 && begin(out.get(), type_of(maker), &body) &&
                         CBB_add_u8_length_prefixed(&body, &part) == 1 && add(&part, context) &&
                         CBB_add_u16_length_prefixed(&body, &extensions) == 1 &&
                         CBB_add_u16(&extensions, signature_algorithms) == 1 &&
                         CBB_add_u16_length_prefixed(&extensions, &content) == 1 &&
                         CBB_add_u16_length_prefixed(&content, &algorithms) == 1 &&
                         CBB_add_u16(&algorithms, SSL_SIGN_ECDSA_SECP256R1_SHA256) == 1 &&
                         CBB_add_u16(&extensions, attestation_extension) == 1 &&
                         CBB_add_u16(&extensions, 0) == 1;
    return written ? finish(out.get()) : Bytes{};
}

base::Result<base::View> context_of(End maker, base::View bytes) {
    CBS in;
    CBS body;
    CBS context;
    base::View whole;
    CBS_init(&in, raw(bytes), bytes.size());
    if (!take(&in, type_of(maker), &body, &whole) ||
        CBS_get_u8_length_prefixed(&body, &context) != 1 || CBS_len(&context) == 0 ||
        !base::equal(request(maker, view(context)), bytes)) // there is one way to write it
        return std::unexpected(Errno::BadMsg);
    return view(context);
}

base::Result<Bytes> make(
    Secrets const& secrets,
    base::View request,
    TlsCredential const& credential,
    base::View attestation
) {
    auto const context = context_of_any(request);
    if (!context) return std::unexpected(Errno::Inval);
    auto const certificate = credential.leaf_der();
    auto out = certificate_message(*context, certificate, attestation);
    Bytes signature;
    auto const signed_so_far = transcript(secrets, request, out);
    if (out.empty() || signed_so_far.empty() ||
        !sign(credential.key(), to_sign(signed_so_far), signature)) {
        ERR_clear_error();
        return std::unexpected(Errno::Inval);
    }
    append(out, verify_message(signature));
    append(out, finished_message(finished_mac(secrets, transcript(secrets, request, out))));
    return out;
}

base::Result<Shown, Fault>
verify(Secrets const& secrets, base::View request, base::View bytes, base::View public_key) {
    Parts parts;
    if (!parse(bytes, parts)) return std::unexpected(Fault::Form);
    auto const context = context_of_any(request);
    if (!context || !base::equal(*context, parts.context)) return std::unexpected(Fault::Context);
    auto const certificate = Certificate::parse(parts.certificate);
    if (!certificate) return std::unexpected(Fault::Form);
    auto const key = PublicKey::parse(certificate->public_key_info());
    bool const expected =
        public_key.empty() || base::equal(public_key, certificate->public_key_info());
    if (!key || key->kind() != KeyKind::P256 || !expected)
        return std::unexpected(Fault::Certificate);
    auto const signed_so_far = transcript(secrets, request, parts.certificate_message);
    if (!key->verify(SignatureAlgorithm::EcdsaSha256, to_sign(signed_so_far), parts.signature))
        return std::unexpected(Fault::Verify);
    auto const messages =
        bytes.first(parts.certificate_message.size() + parts.verify_message.size());
    auto const mac = finished_mac(secrets, transcript(secrets, request, messages));
    bool const equal = !mac.empty() && mac.size() == parts.mac.size() &&
                       CRYPTO_memcmp(mac.data(), parts.mac.data(), mac.size()) == 0;
    if (!equal) return std::unexpected(Fault::Finished);
    return Shown{
        .certificate = {parts.certificate.begin(), parts.certificate.end()},
        .attestation = {parts.attestation.begin(), parts.attestation.end()}
    };
}

} // namespace crypto::authenticator
