#include "package/oci/jwe.hpp"

#include "crypto/aes_256_gcm.hpp"
#include "crypto/base64.hpp"
#include "package/oci/json.hpp"

#include <optional>

namespace package::oci {

namespace {

using Bytes = std::vector<std::byte>;

constexpr std::size_t most_recipients = 64;
constexpr std::string_view cipher_name = "A256GCM";

Read<Bytes> bytes_at(Json const& object, char const* key, std::string const& field) {
    auto bytes = crypto::decode_base64url(TRY(text_at(object, key, field)));
    if (!bytes) return wrong(field + '.' + key, "base64url");
    return std::move(*bytes);
}

// Of a recipient's own header, or of what all have in common.
Json const* header_value(Json const& common, Json const& own, char const* key) {
    for (auto const* header : {&own, &common})
        if (auto const found = header->find(key); found != header->end()) return &*found;
    return nullptr;
}

Read<Bytes> party(Json const& common, Json const& own, char const* key) {
    auto const* const value = header_value(common, own, key);
    if (value == nullptr) return Bytes{};
    auto bytes =
        value->is_string() ? crypto::decode_base64url(value->get<std::string>()) : std::nullopt;
    if (!bytes) return wrong(std::string{"jwe.header."} + key, "base64url");
    return std::move(*bytes);
}

std::optional<crypto::KeyWrap> algorithm_of(Json const* name) {
    if (name == nullptr || !name->is_string()) return {};
    auto const& text = name->get_ref<std::string const&>();
    if (text == "RSA-OAEP") return crypto::KeyWrap::RsaOaep;
    if (text == "RSA-OAEP-256") return crypto::KeyWrap::RsaOaep256;
    if (text == "ECDH-ES+A256KW") return crypto::KeyWrap::EcdhEsA256Kw;
    return {};
}

// Nothing where it is for somebody by an algorithm that is not known here.
Read<std::optional<crypto::WrappedKey>>
recipient_of(Json const& common, Json const& own, Bytes encrypted) {
    auto const algorithm = algorithm_of(header_value(common, own, "alg"));
    if (!algorithm) return std::nullopt;
    crypto::WrappedKey out{.algorithm = *algorithm, .encrypted = std::move(encrypted)};
    if (*algorithm != crypto::KeyWrap::EcdhEsA256Kw) return out;
    auto const* const point = header_value(common, own, "epk");
    if (point == nullptr || !point->is_object()) return wrong("jwe.header.epk", "a key (JWK)");
    out.curve = TRY(text_at(*point, "crv", "jwe.header.epk"));
    out.x = TRY(bytes_at(*point, "x", "jwe.header.epk"));
    out.y = TRY(bytes_at(*point, "y", "jwe.header.epk"));
    out.sender = TRY(party(common, own, "apu"));
    out.recipient = TRY(party(common, own, "apv"));
    return out;
}

Read<void> add_recipient(Jwe& to, Json const& common, Json const& own, Json const& holder) {
    auto encrypted = TRY(bytes_at(holder, "encrypted_key", "jwe"));
    if (auto recipient = TRY(recipient_of(common, own, std::move(encrypted))))
        to.recipients.push_back(std::move(*recipient));
    return {};
}

Read<void> read_recipients(Json const& json, Json const& common, Jwe& out) {
    auto const none = Json::object();
    auto const own_header = [&none](Json const& holder) -> Json const& {
        auto const found = holder.find("header");
        return found != holder.end() && found->is_object() ? *found : none;
    };
    if (!json.contains("recipients")) return add_recipient(out, common, own_header(json), json);
    auto const list = TRY(list_at(json, "recipients", "jwe"));
    if (list.empty() || list.size() > most_recipients)
        return wrong("jwe.recipients", "1 to 64 of them");
    for (auto const& each : list) {
        if (!each.is_object()) return wrong("jwe.recipients", "objects");
        TRY(add_recipient(out, common, own_header(each), each));
    }
    return {};
}

} // namespace

Read<Jwe> decode_jwe(base::View bytes) {
    auto const json = TRY(parse(bytes, largest_jwe, "jwe"));
    Jwe out;
    out.protected_header = TRY(text_at(json, "protected", "jwe"));
    auto const header = TRY(bytes_at(json, "protected", "jwe"));
    auto const common = TRY(parse(header, largest_jwe, "jwe.protected"));
    if (TRY(text_at(common, "enc", "jwe.protected")) != cipher_name)
        return wrong("jwe.protected.enc", std::string{cipher_name});
    for (auto const* key : {"crit", "zip"})
        if (common.contains(key))
            return wrong(std::string{"jwe.protected."} + key, "not to be there");
    TRY(read_recipients(json, common, out));
    out.nonce = TRY(bytes_at(json, "iv", "jwe"));
    out.ciphertext = TRY(bytes_at(json, "ciphertext", "jwe"));
    out.tag = TRY(bytes_at(json, "tag", "jwe"));
    if (out.nonce.size() != crypto::Aes256Gcm::nonce_size) return wrong("jwe.iv", "12 bytes");
    if (out.tag.size() != crypto::Aes256Gcm::tag_size) return wrong("jwe.tag", "16 bytes");
    return out;
}

base::Result<crypto::SecretBytes> open(Jwe const& jwe, crypto::UnwrappingKey const& key) {
    auto sealed = jwe.ciphertext;
    sealed.insert(sealed.end(), jwe.tag.begin(), jwe.tag.end());
    for (auto const& recipient : jwe.recipients) {
        auto const content_key = key.unwrap(recipient);
        if (!content_key) continue;
        auto const cipher = crypto::Aes256Gcm::with(content_key->view());
        if (!cipher) continue;
        Bytes text(jwe.ciphertext.size());
        auto const header = base::view_of(jwe.protected_header);
        auto const opened = cipher->open(jwe.nonce, sealed, text, header);
        crypto::SecretBytes out{std::move(text)};
        if (opened) return out;
    }
    return std::unexpected(base::Errno::BadMsg);
}

} // namespace package::oci
