#include "host/cli/package/image.hpp"

#include "host/cli/key/files.hpp"
#include "host/cli/package/contents.hpp"
#include "host/cli/report.hpp"
#include "host/cli/run/configuration.hpp"
#include "package/oci/json.hpp"
#include "package/oci/jwe.hpp"
#include "package/oci/load.hpp"
#include "package/oci/ocicrypt.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>

namespace host::cli {

namespace {

namespace oci = package::oci;
namespace tar = package::tar;
using Bytes = std::vector<std::byte>;

constexpr char const* wrapped_for_jwe = "org.opencontainers.image.enc.keys.jwe";
constexpr std::string_view configuration_name = "Enarx.toml";

std::unexpected<os::Failure> key_wrong(std::string const& path, std::string const& why) {
    return failure(
        "package-key-wrong",
        '\'' + path + "': " + why,
        "--decryption-key takes the private half of what `skopeo copy --encryption-key` was given"
    );
}

std::unexpected<os::Failure> damaged(std::string const& path, oci::Wrong const& wrong) {
    return failure(
        "package-damaged", '\'' + path + "': " + wrong.field + ": expected " + wrong.expected
    );
}

class FileBlobs final : public oci::Blobs {
public:
    explicit FileBlobs(PackageFile const& file) : file_{file} {}
    Bytes read(std::string const& digest, std::uint64_t offset, std::size_t most) override {
        return file_.read(digest, offset, most);
    }

private:
    PackageFile const& file_;
};

// Keeps Enarx.toml, and nothing else.
class Finder final : public tar::Sink {
public:
    tar::Read<void> entry(tar::Entry const& entry) override {
        here_ = entry.path == configuration_name && entry.type == tar::Type::File;
        if (here_) text.clear();
        return {};
    }
    tar::Read<void> contents(base::View piece) override {
        // One byte more than it may have, so that the parser can say so.
        auto const room = package::max_configuration_size + 1 - text.size();
        if (here_) text += base::text_of(piece.first(std::min(piece.size(), room)));
        return {};
    }
    std::string text;

private:
    bool here_ = false;
};

// The first that opens among those of one layer.
os::OrFailure<crypto::SecretBytes>
layer_key(std::string const& path, oci::Json const& layer, crypto::UnwrappingKey const& key) {
    auto const annotations = layer.find("annotations");
    if (annotations == layer.end() || !annotations->contains(wrapped_for_jwe))
        return key_wrong(path, "a layer's key is wrapped in no way that is known here (jwe)");
    auto const text = oci::text_at(*annotations, wrapped_for_jwe, "manifest.layers.annotations");
    if (!text) return damaged(path, text.error());
    auto const wrapped = oci::decode_wrapped_keys(*text);
    if (!wrapped) return damaged(path, wrapped.error());
    std::optional<oci::Wrong> unreadable; // which may be somebody else's
    for (auto const& each : *wrapped) {
        auto const jwe = oci::decode_jwe(each);
        if (!jwe) {
            unreadable = jwe.error();
            continue;
        }
        auto const options = oci::open(*jwe, key);
        if (!options) continue;
        auto out = oci::decode_private_options(options->view());
        if (!out) return damaged(path, out.error());
        return std::move(*out);
    }
    if (unreadable) return damaged(path, *unreadable);
    return key_wrong(path, "it was encrypted for others, and not for this key");
}

// Of all layers, one behind the other.
os::OrFailure<crypto::SecretBytes> layer_keys(
    std::string const& path, PackageContents const& contents, crypto::UnwrappingKey const& key
) {
    if (!contents.manifest.by_ocicrypt())
        return key_wrong(path, "its layers are not encrypted as ocicrypt does it");
    auto const json = oci::parse(contents.manifest_bytes, oci::largest_manifest, "manifest");
    if (!json) return damaged(path, json.error());
    Bytes all;
    all.reserve(contents.manifest.layers.size() * oci::ocicrypt_key_size);
    for (auto const& layer : (*json)["layers"]) {
        auto const one = TRY(layer_key(path, layer, key));
        all.insert(all.end(), one.view().begin(), one.view().end());
    }
    return crypto::SecretBytes{std::move(all)};
}

} // namespace

os::OrFailure<OpenedImage> open_image(std::string const& path, std::string const& key_path) {
    auto const key = TRY(read_unwrapping_key(key_path));
    if (std::error_code error; std::filesystem::is_directory(path, error))
        return failure(
            "package-damaged",
            '\'' + path + "' is a folder, and no package",
            "`skopeo copy oci:FOLDER oci-archive:FILE` makes one file of an image in a folder"
        );
    auto const file = TRY(PackageFile::open(path));
    auto const contents = TRY(contents_of(file, path));
    auto keys = TRY(layer_keys(path, contents, key));
    FileBlobs blobs{file};
    Finder found;
    auto loaded = oci::load(file.digest(), keys.view(), blobs, found);
    if (!loaded) return failure(loaded.error().name, '\'' + path + "': " + loaded.error().text);
    auto configuration = package::parse_configuration(found.text);
    if (!configuration)
        return std::unexpected(configuration_failure(
            path + ':' + std::string{configuration_name}, configuration.error()
        ));
    return OpenedImage{
        .manifest = std::move(loaded->manifest),
        .digest = file.digest(),
        .config = std::move(loaded->config),
        .configuration = std::move(*configuration),
        .key = std::move(keys)
    };
}

} // namespace host::cli
