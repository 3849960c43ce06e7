// Signatures of cosign's older form, where registries keep them: a manifest under a tag, with one
// layer for each.

#include "crypto/base64.hpp"
#include "host/cli/registry/signature.hpp"
#include "host/cli/report.hpp"
#include "package/oci/json.hpp"

namespace host::cli {

namespace {

using package::oci::Json;

constexpr std::size_t largest_payload = std::size_t{64} << 10;
constexpr std::size_t most_signatures = 64;
constexpr auto payload_media_type = "application/vnd.dev.cosign.simplesigning.v1+json";
constexpr auto config_media_type = "application/vnd.oci.image.config.v1+json";
constexpr auto annotation = "dev.cosignproject.cosign/signature";

struct Layer {
    net::registry::Blob payload;
    std::vector<std::byte> signature;
};

// A layer of a manifest of signatures; nothing for one of another kind.
std::optional<Layer> layer_of(Json const& json) {
    if (!json.is_object() || !json.contains("annotations")) return {};
    auto const type = package::oci::text_at(json, "mediaType", "");
    auto const digest = package::oci::text_at(json, "digest", "");
    auto const size = package::oci::number_at(json, "size", "");
    auto const text = package::oci::text_at(json.at("annotations"), annotation, "");
    if (!type || *type != payload_media_type || !digest || !size || !text) return {};
    auto signature = crypto::decode_base64(*text);
    if (!signature || !package::oci::is_digest(*digest)) return {};
    return Layer{.payload = {.digest = *digest, .size = *size}, .signature = *std::move(signature)};
}

// The manifest under that tag; an empty object where there is none.
os::OrFailure<Json> manifest_under(net::registry::Registry& registry, std::string const& tag) {
    auto const manifest = registry.manifest(tag);
    if (!manifest && manifest.error().name == "package-missing") return Json::object();
    if (!manifest) return std::unexpected(manifest.error());
    auto json = package::oci::parse(manifest->bytes, package::oci::largest_manifest, "manifest");
    if (!json || !json->contains("layers") || !json->at("layers").is_array() ||
        json->at("layers").size() > most_signatures)
        return failure(
            "package-damaged", registry.name() + ':' + tag + " is no list of signatures"
        );
    return std::move(*json);
}

std::string tag_of(std::string const& digest) { return net::registry::tag_of(digest) + ".sig"; }

Json descriptor(char const* type, std::string const& text) {
    return Json{
        {"mediaType", type},
        {"size", text.size()},
        {"digest", package::oci::digest_of(base::view_of(text))}
    };
}

os::OrFailure<void> upload(net::registry::Registry& registry, std::string const& text) {
    net::registry::Blob const blob{
        .digest = package::oci::digest_of(base::view_of(text)), .size = text.size()
    };
    if (TRY(registry.has(blob))) return {};
    return registry.upload(blob, net::RequestBody::of(text));
}

// An image's, as cosign writes it: one line of history and one layer for each signature.
std::string config_for(Json const& layers) {
    Json config{
        {"architecture", ""},
        {"created", "0001-01-01T00:00:00Z"},
        {"history", Json::array()},
        {"os", ""},
        {"rootfs", {{"type", "layers"}, {"diff_ids", Json::array()}}},
        {"config", Json::object()}
    };
    for (auto const& layer : layers) {
        config["history"].push_back({{"created", "0001-01-01T00:00:00Z"}});
        config["rootfs"]["diff_ids"].push_back(layer.at("digest"));
    }
    return config.dump();
}

} // namespace

os::OrFailure<std::vector<PackageSignature>>
signatures_under_tag(net::registry::Registry& registry, std::string const& digest) {
    auto const manifest = TRY(manifest_under(registry, tag_of(digest)));
    std::vector<PackageSignature> out;
    if (manifest.empty()) return out;
    for (auto const& each : manifest.at("layers")) {
        auto layer = layer_of(each);
        if (!layer) continue;
        auto const payload = TRY(registry.small_blob(layer->payload, largest_payload));
        out.push_back(
            {.type = {},
             .payload = std::string{base::text_of(payload)},
             .signature = std::move(layer->signature)}
        );
    }
    return out;
}

os::OrFailure<void> add_signature(
    net::registry::Registry& registry, std::string const& digest, PackageSignature const& signature
) {
    auto const tag = tag_of(digest);
    auto const old = TRY(manifest_under(registry, tag));
    auto layer = descriptor(payload_media_type, signature.payload);
    layer["annotations"] = {{annotation, crypto::encode_base64(signature.signature)}};
    auto layers = old.empty() ? Json::array() : old.at("layers");
    // ECDSA signs anew each time: the same key's of before is not told from another one's.
    layers.push_back(layer);
    if (layers.size() > most_signatures)
        return failure(
            "package-damaged", registry.name() + ':' + tag + " has 64 signatures already"
        );
    auto const config = config_for(layers);
    TRY(upload(registry, signature.payload));
    TRY(upload(registry, config));
    Json const manifest{
        {"schemaVersion", 2},
        {"mediaType", package::oci::manifest_type},
        {"config", descriptor(config_media_type, config)},
        {"layers", layers}
    };
    TRY(registry.put_manifest(
        tag, std::string{package::oci::manifest_type}, base::view_of(manifest.dump())
    ));
    return {};
}

} // namespace host::cli
