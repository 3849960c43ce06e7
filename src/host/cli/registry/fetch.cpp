#include "host/cli/registry/fetch.hpp"

#include "host/cli/package/contents.hpp"
#include "host/cli/package/layout.hpp"
#include "host/cli/registry/progress.hpp"
#include "host/cli/report.hpp"

namespace host::cli {

namespace {

os::Failure unwritable(std::string const& path, base::Errno error) {
    if (error == base::Errno::Exist)
        return {.name = "file-exists", .text = '\'' + path + "' is there already"};
    return {
        .name = "output-failed",
        .text = '\'' + path + "' cannot be written: " + std::string{os::description(error)}
    };
}

} // namespace

os::OrFailure<FetchedPackage> fetch_package(
    net::registry::Registry& registry,
    net::registry::ManifestBytes const& manifest,
    std::string const& path
) {
    auto const where = registry.name() + '@' + manifest.digest;
    auto const known = TRY(manifest_of(where, manifest.bytes));
    auto const& config = known.config;
    auto const config_bytes = TRY(registry.small_blob(
        {.digest = config.digest, .size = config.size}, package::oci::largest_config
    ));
    TRY(config_of(where, known, config_bytes));

    auto const file = os::NewFile::begin(path, os::Readers::Everybody);
    if (!file) return std::unexpected(unwritable(path, file.error()));
    FetchedPackage out{.digest = manifest.digest};
    for (auto const& layer : known.layers) out.bytes += layer.size;
    Progress progress{"pulling", out.bytes};
    LayoutWriter layout{*file};
    std::uint64_t before = 0;
    for (auto const& layer : known.layers) {
        if (auto const begun = layout.blob_header(layer.digest, layer.size); !begun)
            return std::unexpected(unwritable(path, begun.error()));
        auto const sink = [&](std::uint64_t offset, base::View bytes) -> os::OrFailure<void> {
            auto const written = file->write_at(layout.position() + offset, bytes);
            if (!written) return std::unexpected(unwritable(path, written.error()));
            progress.at(before + offset + bytes.size());
            return {};
        };
        TRY(registry.blob({.digest = layer.digest, .size = layer.size}, sink));
        layout.skip(layer.size);
        before += layer.size;
    }
    auto done = layout.end(config_bytes, manifest.bytes);
    if (done) done = file->keep();
    if (!done) return std::unexpected(unwritable(path, done.error()));
    return out;
}

} // namespace host::cli
