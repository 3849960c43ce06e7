#include "base/json_string.hpp"
#include "host/cli/key/files.hpp"
#include "host/cli/package/contents.hpp"
#include "host/cli/registry/access.hpp"
#include "host/cli/registry/progress.hpp"
#include "host/cli/registry/registry.hpp"
#include "host/cli/registry/signature.hpp"
#include "host/cli/report.hpp"

#include <algorithm>

namespace host::cli {

namespace {

using net::registry::Reference;
using net::registry::Registry;
using package::oci::Descriptor;

struct Moved {
    std::uint64_t sent = 0;  // bytes of blobs
    std::uint64_t there = 0; // that the registry had already
};

class Push : public Use {
public:
    Syntax syntax(Global& global) override;
    os::OrFailure<int> carry_out(Global const& global) override;

private:
    os::OrFailure<void> send(
        Registry& registry,
        PackageFile const& file,
        Descriptor const& blob,
        Moved& moved,
        Progress& progress
    ) const;
    os::OrFailure<Moved>
    send_all(Registry& registry, PackageFile const& file, PackageContents const& contents) const;
    os::OrFailure<void>
    tell(Reference const& where, std::string const& digest, Moved const& moved) const;

    std::optional<std::string> file_;
    std::optional<std::string> reference_;
    std::optional<std::string> key_;
    RegistryAccess access_;
    bool json_ = false;
};

Syntax Push::syntax(Global& /*global*/) {
    Syntax out{
        .options =
            {{.name = "--sign",
              .value = "KEY",
              .help = "Sign it with this key (`enarx key tenant create`).",
              .target = &key_,
              .completion = Completion::File},
             {.name = "--json", .letter = 'j', .help = "As JSON.", .target = &json_}},
        .operands = {
            {.name = "FILE",
             .help = "The package (`enarx package`).",
             .target = &file_,
             .completion = Completion::File},
            {.name = "REFERENCE",
             .help = "Where to: HOST[:PORT]/REPOSITORY[:TAG]. Default of TAG: latest.",
             .target = &reference_}
        }
    };
    std::ranges::move(access_.options(), std::back_inserter(out.options));
    return out;
}

os::OrFailure<void> Push::send(
    Registry& registry,
    PackageFile const& file,
    Descriptor const& blob,
    Moved& moved,
    Progress& progress
) const {
    net::registry::Blob const wanted{.digest = blob.digest, .size = blob.size};
    if (TRY(registry.has(wanted))) {
        moved.there += blob.size;
        return {};
    }
    // Before the registry says so, after all of it was sent.
    if (!intact(file, blob))
        return failure("package-damaged", '\'' + *file_ + "': the digest is not " + blob.digest);
    net::RequestBody const body{
        .size = blob.size,
        .read = [&](std::uint64_t offset, std::span<std::byte> out) -> net::OrTrouble<std::size_t> {
            auto const piece = file.read(blob.digest, offset, out.size());
            std::ranges::copy(piece, out.begin());
            return piece.size();
        },
        .progress = [&](std::uint64_t sent) { progress.at(moved.sent + moved.there + sent); }
    };
    TRY(registry.upload(wanted, body));
    moved.sent += blob.size;
    return {};
}

os::OrFailure<Moved>
Push::send_all(Registry& registry, PackageFile const& file, PackageContents const& contents) const {
    auto const& manifest = contents.manifest;
    auto total = manifest.config.size;
    for (auto const& layer : manifest.layers) total += layer.size;
    Progress progress{"pushing", total};
    Moved moved;
    for (auto const& layer : manifest.layers) TRY(send(registry, file, layer, moved, progress));
    TRY(send(registry, file, manifest.config, moved, progress));
    return moved;
}

os::OrFailure<void>
Push::tell(Reference const& where, std::string const& digest, Moved const& moved) const {
    auto const name = where.name() + (where.tag.empty() ? "" : ':' + where.tag) + '@' + digest;
    if (json_)
        return write_output(
            "{\"package\":" + base::json_string(digest) + ",\"reference\":" +
            base::json_string(name) + ",\"bytes_sent\":" + std::to_string(moved.sent) +
            ",\"bytes_there\":" + std::to_string(moved.there) +
            ",\"signed\":" + (key_ ? "true" : "false") + "}\n"
        );
    return write_output(
        "package    " + digest + "\nreference  " + name + "\nsent       " +
        std::to_string(moved.sent) + " bytes" +
        (moved.there == 0 ? "" : ", " + std::to_string(moved.there) + " were there already") +
        (key_ ? "\nsigned     as a sigstore bundle, and " + net::registry::tag_of(digest) + ".sig"
              : "") +
        "\n"
    );
}

os::OrFailure<int> Push::carry_out(Global const& /*global*/) {
    auto const where = TRY(access_.reference(*reference_));
    std::optional<crypto::P256SigningKey> key;
    if (key_) key = TRY(read_tenant_key(*key_));
    auto const file = TRY(PackageFile::open(*file_));
    auto const contents = TRY(contents_of(file, *file_));
    auto const& digest = file.digest();
    if (!where.digest.empty() && where.digest != digest)
        return failure(
            "usage", '\'' + *file_ + "' is the package " + digest + ", and not " + where.digest
        );
    auto registry = TRY(access_.open(where, true));
    auto const moved = TRY(send_all(registry, file, contents));
    auto const tag = where.tag.empty() ? digest : where.tag;
    TRY(registry.put_manifest(
        tag, std::string{package::oci::manifest_type}, contents.manifest_bytes
    ));
    if (key)
        TRY(sign_in_registry(
            registry,
            {.name = where.name(), .digest = digest, .size = contents.manifest_bytes.size()},
            *key
        ));
    TRY(tell(where, digest, moved));
    return 0;
}

} // namespace

std::unique_ptr<Use> use_push() { return std::make_unique<Push>(); }

} // namespace host::cli
