// Signatures that refer to what was signed: sigstore bundles, each in a manifest of its own.

#include "base/json_string.hpp"
#include "host/cli/registry/bundle.hpp"
#include "host/cli/report.hpp"
#include "package/oci/json.hpp"

namespace host::cli {

namespace {

using net::registry::Referrer;
using net::registry::Registry;
using package::oci::Json;

constexpr std::size_t most_bundles = 64;
constexpr std::string_view empty = "{}";
constexpr std::string_view empty_type = "application/vnd.oci.empty.v1+json";

// An index that another tool wrote may say the type of the configuration instead.
bool may_be_bundle(Referrer const& referrer) {
    auto const& type = referrer.artifact_type;
    return type.empty() || type == empty_type || type.starts_with(bundle_family);
}

// Where the bundle is, in a manifest of one.
std::optional<net::registry::Blob> bundle_in(base::View manifest) {
    auto const json = package::oci::parse(manifest, package::oci::largest_manifest, "manifest");
    auto const layers = json ? package::oci::list_at(*json, "layers", "")
                             : package::oci::Read<Json>{std::unexpected(json.error())};
    if (!layers || layers->size() != 1 || !layers->front().is_object()) return {};
    auto const type = package::oci::text_at(layers->front(), "mediaType", "");
    auto const digest = package::oci::text_at(layers->front(), "digest", "");
    auto const size = package::oci::number_at(layers->front(), "size", "");
    if (!type || !type->starts_with(bundle_family) || !digest || !size) return {};
    if (!package::oci::is_digest(*digest) || *size > largest_bundle) return {};
    return net::registry::Blob{.digest = *digest, .size = *size};
}

// What is listed and not there, or something else, is no signature.
bool passed_over(os::Failure const& failure) {
    return failure.name == "package-missing" || failure.name == "package-damaged";
}

os::OrFailure<std::vector<PackageSignature>> signatures_at(Registry& registry, Referrer const& it) {
    auto const manifest = TRY(registry.manifest(it.digest));
    auto const blob = bundle_in(manifest.bytes);
    if (!blob) return std::vector<PackageSignature>{};
    return signatures_in_bundle(TRY(registry.small_blob(*blob, largest_bundle)));
}

os::OrFailure<void> upload(Registry& registry, std::string const& text) {
    net::registry::Blob const blob{
        .digest = package::oci::digest_of(base::view_of(text)), .size = text.size()
    };
    if (TRY(registry.has(blob))) return {};
    return registry.upload(blob, net::RequestBody::of(text));
}

std::string descriptor(std::string_view type, std::string const& digest, std::uint64_t size) {
    return R"({"mediaType":)" + base::json_string(std::string{type}) + R"(,"digest":)" +
           base::json_string(digest) + R"(,"size":)" + std::to_string(size) + '}';
}

std::string descriptor(std::string_view type, std::string_view text) {
    return descriptor(type, package::oci::digest_of(base::view_of(text)), text.size());
}

} // namespace

os::OrFailure<std::vector<PackageSignature>>
signatures_that_refer(Registry& registry, std::string const& digest) {
    std::vector<PackageSignature> out;
    std::size_t bundles = 0;
    for (auto const& each : TRY(registry.referrers(digest))) {
        if (!may_be_bundle(each) || bundles == most_bundles) continue;
        ++bundles;
        auto found = signatures_at(registry, each);
        if (!found && passed_over(found.error())) continue;
        for (auto& one : TRY(std::move(found))) out.push_back(std::move(one));
    }
    return out;
}

os::OrFailure<std::vector<PackageSignature>>
signatures_of(Registry& registry, std::string const& digest) {
    auto out = TRY(signatures_under_tag(registry, digest));
    for (auto& one : TRY(signatures_that_refer(registry, digest))) out.push_back(std::move(one));
    return out;
}

os::OrFailure<void> attach_signature(
    Registry& registry, Signed const& package, PackageSignature const& signature, base::View key
) {
    auto const bundle = bundle_of(signature, key);
    TRY(upload(registry, bundle));
    TRY(upload(registry, std::string{empty}));
    // The annotations by which cosign's tools tell bundles apart without reading them.
    std::map<std::string, std::string> const annotations{
        {"dev.sigstore.bundle.content", "dsse-envelope"},
        {"dev.sigstore.bundle.predicateType", std::string{sign_predicate}}
    };
    auto const manifest =
        R"({"schemaVersion":2,"mediaType":")" + std::string{package::oci::manifest_type} +
        R"(","artifactType":")" + std::string{bundle_type} + R"(","config":)" +
        descriptor(empty_type, empty) + R"(,"layers":[)" + descriptor(bundle_type, bundle) +
        R"(],"subject":)" + descriptor(package::oci::manifest_type, package.digest, package.size) +
        R"(,"annotations":)" + Json(annotations).dump() + '}';
    return registry.attach(
        package.digest,
        {.manifest = manifest,
         .artifact_type = std::string{bundle_type},
         .annotations = annotations}
    );
}

os::OrFailure<void>
sign_in_registry(Registry& registry, Signed const& package, crypto::P256SigningKey const& key) {
    auto const older = TRY(sign_package(package.name, package.digest, key));
    TRY(add_signature(registry, package.digest, older));
    auto const statement = TRY(sign_statement(package.digest, key));
    return attach_signature(registry, package, statement, key.public_key());
}

} // namespace host::cli
