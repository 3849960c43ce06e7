#include "package/oci/load.hpp"

#include "base/hex.hpp"
#include "crypto/segments.hpp"
#include "package/oci/ocicrypt.hpp"

#include <algorithm>

namespace package::oci {

namespace {

using Bytes = std::vector<std::byte>;

// Small blobs are taken whole, and looked into when their digest was right.
OrFailed<Bytes> whole(Blobs& blobs, Descriptor const& of) {
    Stream stream{blobs, of.digest, of.size};
    auto bytes = TRY(stream.take(of.size));
    TRY(stream.finish());
    return bytes;
}

// The manifest alone has a name and no size.
OrFailed<Bytes> manifest_bytes(Blobs& blobs, std::string const& digest) {
    Bytes out;
    while (out.size() <= largest_manifest) {
        auto const piece = blobs.read(digest, out.size(), largest_manifest + 1 - out.size());
        if (piece.empty()) break;
        out.insert(out.end(), piece.begin(), piece.end());
    }
    if (out.empty())
        return std::unexpected(Failed{"package-missing", "nobody gives the package " + digest});
    if (digest_of(out) != digest) return damaged("the manifest's digest is not " + digest);
    return out;
}

class Layer {
public:
    Layer(Descriptor const& of, Blobs& blobs, tar::Reader& reader)
        : of_{of}, stream_{blobs, of.digest, of.size}, reader_{reader} {}

    OrFailed<void> plain() {
        while (stream_.left() > 0) {
            auto const piece = TRY(stream_.take(crypto::Segments::segment_size));
            TRY(feed(piece));
        }
        return stream_.finish();
    }

    OrFailed<void> by_ocicrypt(Blobs& blobs, OcicryptSeal const& seal, base::View key) {
        return open_ocicrypt(blobs, of_, seal, key, [this](base::View text) { return feed(text); });
    }

    OrFailed<void> encrypted(base::View key, PackageId const& id, std::uint32_t index) {
        if (!crypto::Segments::text_size_of(of_.size))
            return damaged("no encrypted layer has " + std::to_string(of_.size) + " bytes");
        auto const head = TRY(stream_.take(crypto::Segments::header_size));
        base::Bytes<crypto::Segments::header_size> header{};
        std::ranges::copy(head, header.begin());
        auto const cipher = crypto::Segments::of(key, layer_data(id, index), header);
        if (!cipher) return damaged("the layer has no header of its cipher");
        auto const count = crypto::Segments::count_of(of_.size);
        Bytes text;
        for (std::uint32_t n = 0; n < count; ++n) {
            auto const sealed =
                TRY(stream_.take(crypto::Segments::text_size(n) + crypto::Segments::tag_size));
            text.resize(sealed.size() - crypto::Segments::tag_size);
            if (!cipher->open(n, n + 1 == count, sealed, text))
                return damaged("piece " + std::to_string(n) + " of the layer does not open");
            TRY(feed(text));
        }
        return stream_.finish();
    }

private:
    OrFailed<void> feed(base::View text) {
        if (auto const fed = reader_.feed(text); !fed)
            return damaged(
                "the archive: " + std::string{fed.error().why} +
                (fed.error().path.empty() ? "" : " ('" + fed.error().path + "')")
            );
        return {};
    }

    Descriptor const& of_;
    Stream stream_;
    tar::Reader& reader_;
};

OrFailed<PackageId> id_of(Config const& config) {
    PackageId id{};
    if (!base::unhex(config.id, id)) return damaged("config.id: expected 64 digits");
    return id;
}

OrFailed<void>
check_key(Manifest const& manifest, Config const& config, std::optional<base::View> key) {
    bool const encrypted = config.cipher != Cipher::None;
    auto const wrong = [](std::string text) {
        return std::unexpected(Failed{"package-key-wrong", std::move(text)});
    };
    if (manifest.by_ocicrypt()) { // each layer's own code says whether it is the right one
        auto const wanted = manifest.layers.size() * ocicrypt_key_size;
        if (!key || key->size() != wanted)
            return wrong("the image's layers are encrypted, and there is not a key for each");
        return {};
    }
    if (!encrypted && key) return wrong("there is a key, and the package is not encrypted");
    if (!encrypted) return {};
    if (!key) return wrong("the package is encrypted, and there is no key");
    auto const id = TRY(id_of(config));
    auto const committed = commitment(*key, id);
    if (!committed || base::hex(*committed) != config.commitment)
        return wrong("the key is that of another package");
    return {};
}

} // namespace

OrFailed<Loaded>
load(std::string const& digest, std::optional<base::View> key, Blobs& blobs, tar::Sink& sink) {
    auto manifest = decode_manifest(TRY(manifest_bytes(blobs, digest)));
    if (!manifest) return damaged(manifest.error());
    if (manifest->config.size > largest_config) return damaged("config: at most 1 MiB");
    auto config = decode_config(TRY(whole(blobs, manifest->config)));
    if (!config) return damaged(config.error());
    if (config->layers.size() != manifest->layers.size())
        return damaged("manifest and configuration have not as many layers");
    TRY(check_key(*manifest, *config, key));
    bool const encrypted = config->cipher != Cipher::None;
    if (encrypted && manifest->by_ocicrypt())
        return damaged("the layers are encrypted in another way than the configuration says");
    for (std::uint32_t index = 0; index < manifest->layers.size(); ++index) {
        auto const& of = manifest->layers[index];
        if ((of.media_type == encrypted_layer_type) != encrypted)
            return damaged("a layer is not of the kind that the configuration says");
        tar::Reader reader{sink};
        Layer layer{of, blobs, reader};
        if (manifest->by_ocicrypt()) {
            auto const own = key->subspan(index * ocicrypt_key_size, ocicrypt_key_size);
            TRY(layer.by_ocicrypt(blobs, manifest->seals[index], own));
        } else if (encrypted) {
            auto const id = TRY(id_of(*config));
            TRY(layer.encrypted(*key, id, index));
        } else {
            TRY(layer.plain());
        }
        if (auto const ended = reader.finish(); !ended)
            return damaged("the archive: " + std::string{ended.error().why});
    }
    return Loaded{.manifest = std::move(*manifest), .config = std::move(*config)};
}

} // namespace package::oci
