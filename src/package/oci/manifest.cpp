#include "package/oci/manifest.hpp"

#include "base/hex.hpp"
#include "crypto/digest.hpp"
#include "package/oci/json.hpp"
#include "package/oci/ocicrypt.hpp"

#include <algorithm>

namespace package::oci {

namespace {

constexpr std::string_view sha256_prefix = "sha256:";
constexpr std::string_view cipher_name = "tink-aes256-gcm-hkdf-1mb";
constexpr std::uint64_t schema_version = 2;
constexpr std::uint64_t config_version = 1;
constexpr std::uint64_t largest_blob = 1ULL << 36;
constexpr std::size_t most_secrets = 64;
constexpr char const* public_options = "org.opencontainers.image.enc.pubopts";

bool lower_hex(std::string_view text, std::size_t bytes) {
    return text.size() == 2 * bytes && std::ranges::all_of(text, [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
           });
}

Json json_of(Descriptor const& descriptor) {
    Json out = Json::object();
    out["mediaType"] = descriptor.media_type;
    out["digest"] = descriptor.digest;
    out["size"] = descriptor.size;
    return out;
}

Read<Descriptor> descriptor_of(
    Json const& value, std::string const& field, std::vector<std::string_view> const& types
) {
    if (!value.is_object()) return wrong(field, "an object");
    Descriptor out;
    out.media_type = TRY(text_at(value, "mediaType", field));
    if (std::ranges::find(types, out.media_type) == types.end())
        return wrong(field + ".mediaType", std::string{types.front()});
    out.digest = TRY(text_at(value, "digest", field));
    if (!is_digest(out.digest)) return wrong(field + ".digest", "sha256: and 64 digits");
    out.size = TRY(number_at(value, "size", field));
    if (out.size > largest_blob) return wrong(field + ".size", "at most 64 GiB");
    return out;
}

Read<OcicryptSeal> seal_of(Json const& layer) {
    auto const annotations = layer.find("annotations");
    if (annotations == layer.end() || !annotations->is_object())
        return wrong("manifest.layers.annotations", "those of ocicrypt");
    auto const text = TRY(text_at(*annotations, public_options, "manifest.layers.annotations"));
    return decode_public_options(text);
}

// All layers are encrypted in the one form or in the other: a key is one of all of them.
Read<void> add_layers(Json const& layers, Manifest& out) {
    for (auto const& layer : layers) {
        out.layers.push_back(TRY(descriptor_of(
            layer, "manifest.layers", {encrypted_layer_type, plain_layer_type, ocicrypt_layer_type}
        )));
        if (out.layers.back().media_type == ocicrypt_layer_type)
            out.seals.push_back(TRY(seal_of(layer)));
    }
    return {};
}

Read<std::string> digits_at(Json const& value, char const* key, bool wanted) {
    auto out = TRY(text_at(value, key, "config"));
    if (wanted ? !lower_hex(out, 32) : !out.empty())
        return wrong(
            std::string{"config."} + key, wanted ? "64 digits in lower case" : "an empty text"
        );
    return out;
}

Read<std::vector<std::string>> secrets_of(Json const& value) {
    std::vector<std::string> out;
    for (auto const& each : TRY(list_at(value, "secrets", "config"))) {
        if (!each.is_string()) return wrong("config.secrets", "names");
        out.push_back(each.get<std::string>());
    }
    bool const rising = std::ranges::adjacent_find(out, std::greater_equal{}) == out.end();
    if (out.size() > most_secrets || !rising)
        return wrong("config.secrets", "at most 64 names, ascending");
    return out;
}

} // namespace

bool is_digest(std::string_view text) {
    return text.starts_with(sha256_prefix) && lower_hex(text.substr(sha256_prefix.size()), 32);
}

std::string digest_text(base::View sha256) {
    return std::string{sha256_prefix} + base::hex(sha256);
}
std::string digest_of(base::View bytes) { return digest_text(crypto::sha256(bytes)); }

std::string encode(Manifest const& manifest) {
    Json out = Json::object();
    out["schemaVersion"] = schema_version;
    out["mediaType"] = manifest_type;
    if (!manifest.by_ocicrypt()) out["artifactType"] = package_type;
    out["config"] = json_of(manifest.config);
    out["layers"] = Json::array();
    for (auto const& layer : manifest.layers) out["layers"].push_back(json_of(layer));
    for (std::size_t i = 0; i < manifest.seals.size(); ++i)
        out["layers"][i]["annotations"][public_options] = encode(manifest.seals[i]);
    return out.dump();
}

Read<Manifest> decode_manifest(base::View bytes) {
    auto const json = TRY(parse(bytes, largest_manifest, "manifest"));
    if (TRY(number_at(json, "schemaVersion", "manifest")) != schema_version)
        return wrong("manifest.schemaVersion", "2");
    if (TRY(text_at(json, "mediaType", "manifest")) != manifest_type)
        return wrong("manifest.mediaType", std::string{manifest_type});
    Manifest out;
    if (!json.contains("config")) return wrong("manifest.config", "a descriptor");
    out.config = TRY(descriptor_of(json["config"], "manifest.config", {config_type}));
    auto const layers = TRY(list_at(json, "layers", "manifest"));
    if (layers.empty() || layers.size() > most_layers)
        return wrong("manifest.layers", "1 to 64 layers");
    TRY(add_layers(layers, out));
    if (out.by_ocicrypt() && out.seals.size() != out.layers.size())
        return wrong("manifest.layers.mediaType", "one of all layers");
    bool const lost = out.by_ocicrypt() && !json.contains("artifactType");
    if (!lost && TRY(text_at(json, "artifactType", "manifest")) != package_type)
        return wrong("manifest.artifactType", std::string{package_type});
    return out;
}

std::string encode(Config const& config) {
    Json out = Json::object();
    out["enarx"] = config_version;
    out["id"] = config.id;
    out["cipher"] = config.cipher == Cipher::None ? "none" : cipher_name;
    out["commitment"] = config.commitment;
    out["workload"] = config.workload;
    out["configuration"] = config.configuration;
    out["secrets"] = config.secrets;
    out["volumes"] = Json::array();
    out["layers"] = config.layers;
    return out.dump();
}

Read<Config> decode_config(base::View bytes) {
    constexpr std::size_t keys = 9;
    auto const json = TRY(parse(bytes, largest_config, "config"));
    if (TRY(number_at(json, "enarx", "config")) != config_version)
        return wrong("config.enarx", "1");
    auto const cipher = TRY(text_at(json, "cipher", "config"));
    if (cipher != "none" && cipher != cipher_name)
        return wrong("config.cipher", "none or " + std::string{cipher_name});
    bool const encrypted = cipher != "none";
    Config out;
    out.cipher = encrypted ? Cipher::TinkAes256GcmHkdf1Mb : Cipher::None;
    out.id = TRY(digits_at(json, "id", encrypted));
    out.commitment = TRY(digits_at(json, "commitment", encrypted));
    out.workload = TRY(digits_at(json, "workload", true));
    out.configuration = TRY(digits_at(json, "configuration", true));
    out.secrets = TRY(secrets_of(json));
    if (!TRY(list_at(json, "volumes", "config")).empty())
        return wrong("config.volumes", "none: this version has none");
    for (auto const& size : TRY(list_at(json, "layers", "config"))) {
        if (!size.is_number_unsigned()) return wrong("config.layers", "sizes in bytes");
        out.layers.push_back(size.get<std::uint64_t>());
    }
    if (json.size() != keys) return wrong("config", "nine keys and no other");
    return out;
}

} // namespace package::oci
