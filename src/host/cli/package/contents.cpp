#include "host/cli/package/contents.hpp"

#include "crypto/digest.hpp"
#include "host/cli/report.hpp"
#include "package/oci/json.hpp"

namespace host::cli {

namespace {

constexpr std::size_t piece_size = std::size_t{1} << 20;

std::unexpected<os::Failure> damaged(std::string const& where, std::string const& why) {
    return failure("package-damaged", '\'' + where + "': " + why);
}

std::unexpected<os::Failure> damaged(std::string const& where, package::oci::Wrong const& wrong) {
    return damaged(where, wrong.field + ": expected " + wrong.expected);
}

// Small ones, whole; a longer one is cut, and then not what its digest says.
std::vector<std::byte>
read_blob(PackageFile const& file, std::string const& digest, std::size_t most) {
    return file.read(digest, 0, most);
}

// What encrypts a package for others may take its type away, and leaves its configuration.
bool is_ours(package::oci::Json const& manifest) {
    auto const type = package::oci::text_at(manifest, "artifactType", "");
    if (type) return *type == package::oci::package_type;
    auto const config = manifest.find("config");
    if (config == manifest.end() || !config->is_object()) return false;
    auto const config_type = package::oci::text_at(*config, "mediaType", "");
    return config_type && *config_type == package::oci::config_type;
}

} // namespace

os::OrFailure<package::oci::Manifest> manifest_of(std::string const& where, base::View bytes) {
    auto manifest = package::oci::decode_manifest(bytes);
    if (manifest) return std::move(*manifest);
    auto const json = package::oci::parse(bytes, package::oci::largest_manifest, "manifest");
    if (json && !is_ours(*json)) {
        auto const type = package::oci::text_at(*json, "artifactType", "");
        return failure(
            "package-unknown",
            '\'' + where + "' is no package of Enarx" +
                (type ? ": its artifact type is " + *type : "")
        );
    }
    if (!json) return failure("package-unknown", '\'' + where + "' is no package of Enarx");
    return damaged(where, manifest.error());
}

os::OrFailure<package::oci::Config>
config_of(std::string const& where, package::oci::Manifest const& manifest, base::View bytes) {
    auto config = package::oci::decode_config(bytes);
    if (!config) return damaged(where, config.error());
    if (config->layers.size() != manifest.layers.size())
        return damaged(where, "manifest and configuration have not as many layers");
    return std::move(*config);
}

os::OrFailure<PackageContents> contents_of(PackageFile const& file, std::string const& path) {
    PackageContents out;
    out.manifest_bytes = read_blob(file, file.digest(), package::oci::largest_manifest);
    if (package::oci::digest_of(out.manifest_bytes) != file.digest())
        return damaged(path, "the manifest's digest is not " + file.digest());
    out.manifest = TRY(manifest_of(path, out.manifest_bytes));
    auto const& config = out.manifest.config;
    out.config_bytes = read_blob(file, config.digest, package::oci::largest_config);
    if (out.config_bytes.size() != config.size ||
        package::oci::digest_of(out.config_bytes) != config.digest)
        return damaged(path, "the configuration's digest is not " + config.digest);
    out.config = TRY(config_of(path, out.manifest, out.config_bytes));
    for (auto const& layer : out.manifest.layers) {
        auto const found = file.blobs().find(layer.digest);
        if (found == file.blobs().end())
            return failure("package-missing", '\'' + path + "' has no layer " + layer.digest);
        if (found->second.size != layer.size)
            return damaged(path, "the layer " + layer.digest + " has another size");
    }
    return out;
}

bool intact(PackageFile const& file, package::oci::Descriptor const& blob) {
    crypto::Sha256 hash;
    for (std::uint64_t at = 0; at < blob.size;) {
        auto const piece = file.read(blob.digest, at, piece_size);
        if (piece.empty()) return false;
        hash.add(piece);
        at += piece.size();
    }
    return package::oci::digest_text(hash.digest()) == blob.digest;
}

} // namespace host::cli
