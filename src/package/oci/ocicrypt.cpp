#include "package/oci/ocicrypt.hpp"

#include "crypto/base64.hpp"
#include "package/oci/json.hpp"

#include <algorithm>

namespace package::oci {

namespace {

using Bytes = std::vector<std::byte>;

constexpr std::size_t piece_size = std::size_t{1} << 20;
constexpr std::size_t largest_options = 4096;
constexpr std::size_t largest_wrapped_key = std::size_t{64} << 10;
constexpr std::string_view cipher_name = "AES_256_CTR_HMAC_SHA256";

Read<Bytes>
bytes_at(Json const& object, char const* key, std::size_t size, std::string const& field) {
    auto bytes = crypto::decode_base64(TRY(text_at(object, key, field)));
    if (!bytes || bytes->size() != size)
        return wrong(field + '.' + key, std::to_string(size) + " bytes in base64");
    return std::move(*bytes);
}

Read<Json> object_at(Json const& object, char const* key, std::string const& field) {
    auto const found = object.find(key);
    if (found == object.end() || !found->is_object()) return wrong(field + '.' + key, "an object");
    return Json(*found);
}

// What the first reading has seen: 32 bytes for each MiB, and nothing of the MiB.
struct Witness {
    crypto::CtrText cipher;
    std::vector<crypto::Sha256Digest> pieces;
};

OrFailed<Witness>
believe(Blobs& blobs, Descriptor const& layer, OcicryptSeal const& seal, base::View key) {
    auto code = crypto::CtrCode::with(key);
    if (!code) return std::unexpected(Failed{"package-key-wrong", "it is no key of a layer"});
    Stream stream{blobs, layer.digest, layer.size};
    std::vector<crypto::Sha256Digest> pieces;
    while (stream.left() > 0) {
        auto const piece = TRY(stream.take(piece_size));
        pieces.push_back(crypto::sha256(piece));
        if (!code->add(piece)) return damaged("the HMAC of a layer cannot be made");
    }
    TRY(stream.finish());
    auto cipher = std::move(*code).believe(seal.hmac);
    // The bytes are those that the manifest names.
    if (!cipher)
        return std::unexpected(
            Failed{
                "package-key-wrong",
                "the HMAC of the layer " + layer.digest +
                    " is not the one that the image names: key and image do not belong together"
            }
        );
    return Witness{.cipher = std::move(*cipher), .pieces = std::move(pieces)};
}

} // namespace

Read<OcicryptSeal> decode_public_options(std::string_view text) {
    std::string const field = "manifest.layers.pubopts";
    auto const bytes = text.size() <= largest_options ? crypto::decode_base64(text) : std::nullopt;
    if (!bytes) return wrong(field, "base64 of at most 4 KiB");
    auto const json = TRY(parse(*bytes, largest_options, field));
    if (TRY(text_at(json, "cipher", field)) != cipher_name)
        return wrong(field + ".cipher", std::string{cipher_name});
    OcicryptSeal out;
    std::ranges::copy(TRY(bytes_at(json, "hmac", out.hmac.size(), field)), out.hmac.begin());
    // ocicrypt would take a nonce from here, which nothing protects.
    if (!TRY(object_at(json, "cipheroptions", field)).empty())
        return wrong(field + ".cipheroptions", "an empty object");
    if (json.size() != 3) return wrong(field, "three keys and no other");
    return out;
}

std::string encode(OcicryptSeal const& seal) {
    Json out = Json::object();
    out["cipher"] = cipher_name;
    out["hmac"] = crypto::encode_base64(seal.hmac);
    out["cipheroptions"] = Json::object();
    return crypto::encode_base64(base::view_of(out.dump()));
}

Read<crypto::SecretBytes> decode_private_options(base::View json) {
    std::string const field = "options";
    auto const options = TRY(parse(json, largest_options, field));
    auto key = TRY(bytes_at(options, "symkey", crypto::CtrCode::cipher_key_size, field));
    auto const cipher = TRY(object_at(options, "cipheroptions", field));
    auto const nonce =
        TRY(bytes_at(cipher, "nonce", crypto::CtrCode::nonce_size, field + ".cipheroptions"));
    Bytes both;
    both.reserve(ocicrypt_key_size);
    both.insert(both.end(), key.begin(), key.end());
    both.insert(both.end(), nonce.begin(), nonce.end());
    crypto::wipe(key);
    return crypto::SecretBytes{std::move(both)};
}

Read<std::vector<Bytes>> decode_wrapped_keys(std::string_view text) {
    auto const expected = [] {
        return wrong("manifest.layers.keys", "1 to 16 keys of at most 64 KiB in base64");
    };
    std::vector<Bytes> out;
    for (std::size_t at = 0; at <= text.size();) {
        auto const end = std::min(text.find(',', at), text.size());
        auto const part = text.substr(at, end - at);
        auto bytes = part.empty() || part.size() > largest_wrapped_key
                         ? std::nullopt
                         : crypto::decode_base64(part);
        if (!bytes || out.size() == most_wrapped_keys) return expected();
        out.push_back(std::move(*bytes));
        at = end + 1;
    }
    return out;
}

OrFailed<void> open_ocicrypt(
    Blobs& blobs,
    Descriptor const& layer,
    OcicryptSeal const& seal,
    base::View key,
    std::function<OrFailed<void>(base::View)> const& feed
) {
    auto seen = TRY(believe(blobs, layer, seal, key));
    Stream stream{blobs, layer.digest, layer.size};
    Bytes text;
    for (auto const& expected : seen.pieces) {
        auto const piece = TRY(stream.take(piece_size));
        if (crypto::sha256(piece) != expected)
            return damaged("a piece of the layer is another one when it is fetched again");
        text.resize(piece.size());
        if (!seen.cipher.decrypt(piece, text)) return damaged("the layer cannot be decrypted");
        TRY(feed(text));
    }
    return {};
}

} // namespace package::oci
