// Whatever stands in a layer and however it comes: the Keep hands on what was sealed with the
// package's key and nothing else, or refuses by one of its three names.
//
// The first bytes say what the rest is (Form), in pieces of which size it comes, and how many bytes
// more or less than there are the manifest promises.

#include "base/hex.hpp"
#include "crypto/segments.hpp"
#include "package/oci/load.hpp"

#include <algorithm>
#include <cstdlib>

namespace {

using namespace package::oci;
namespace tar = package::tar;
using crypto::Segments;
using Bytes = std::vector<std::byte>;

enum class Form : std::uint8_t {
    Sealed,  // an encrypted layer, as it is
    Plain,   // a layer that is not encrypted, as it is
    Changes, // over the layer below, byte for byte
    Text,    // what the package's owner sealed
};

void demand(bool holds) {
    if (!holds) std::abort();
}

PackageId const id{std::byte{9}};
Bytes const key(32, std::byte{7});

Bytes sealed(base::View text) {
    base::Bytes<Segments::header_size> header{std::byte{Segments::header_size}};
    auto const cipher = Segments::of(key, layer_data(id, 0), header);
    Bytes out(Segments::sealed_size(text.size()));
    std::ranges::copy(header, out.begin());
    demand(cipher->seal(0, true, text, std::span{out}.subspan(Segments::header_size)).has_value());
    return out;
}

// One file of 600 bytes.
Bytes archive() {
    auto out = tar::header({.path = "data/file", .size = 600, .target = {}});
    out.resize(out.size() + 600, std::byte{'x'});
    out.resize(out.size() + tar::padding(600) + tar::end_size);
    return out;
}
Bytes const good = sealed(archive());

struct Source : Blobs {
    std::string manifest, config, manifest_name, config_name;
    Bytes layer;
    std::size_t step = 1;

    std::vector<std::byte>
    read(std::string const& digest, std::uint64_t offset, std::size_t most) override {
        base::View all = layer;
        if (digest == manifest_name) all = base::view_of(manifest);
        if (digest == config_name) all = base::view_of(config);
        if (offset >= all.size()) return {};
        all = all.subspan(offset, std::min({most, step, all.size() - offset}));
        return {all.begin(), all.end()};
    }
};

struct Taken : tar::Sink {
    Bytes all;
    tar::Read<void> entry(tar::Entry const& entry) override {
        auto const path = base::view_of(entry.path);
        all.insert(all.end(), path.begin(), path.end());
        return {};
    }
    tar::Read<void> contents(base::View piece) override {
        all.insert(all.end(), piece.begin(), piece.end());
        return {};
    }
};

void judge(Form form, Source& source, int more) {
    bool const encrypted = form != Form::Plain;
    source.config = encode(
        Config{
            .id = encrypted ? base::hex(id) : "",
            .cipher = encrypted ? Cipher::TinkAes256GcmHkdf1Mb : Cipher::None,
            .commitment = encrypted ? base::hex(*commitment(key, id)) : "",
            .workload = std::string(64, 'a'),
            .configuration = std::string(64, 'b'),
            .secrets = {},
            .layers = {1}
        }
    );
    source.config_name = digest_of(base::view_of(source.config));
    auto const size = static_cast<std::int64_t>(source.layer.size()) + more;
    source.manifest = encode(
        Manifest{
            .config =
                {.media_type = std::string{config_type},
                 .digest = source.config_name,
                 .size = source.config.size()},
            .layers = {
                {.media_type = std::string{encrypted ? encrypted_layer_type : plain_layer_type},
                 .digest = digest_of(source.layer),
                 .size = static_cast<std::uint64_t>(std::max<std::int64_t>(size, 0))}
            }
        }
    );
    Taken taken;
    source.manifest_name = digest_of(base::view_of(source.manifest));
    auto const& name = source.manifest_name;
    auto const loaded =
        load(name, encrypted ? std::optional<base::View>{key} : std::nullopt, source, taken);
    if (loaded) {
        demand(size == static_cast<std::int64_t>(source.layer.size()));
    } else {
        demand(
            loaded.error().name == "package-damaged" || loaded.error().name == "package-missing"
        );
        demand(!loaded.error().text.empty());
    }
    // Without the key nobody makes a layer of which anything comes through.
    if (form == Form::Sealed || form == Form::Changes)
        demand((loaded.has_value() || !taken.all.empty()) == (source.layer == good && more == 0));
}

Bytes changed(base::View by) {
    auto out = good;
    for (std::size_t i = 0; i < std::min(by.size(), out.size()); ++i) out[i] ^= by[i];
    return out;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
    if (size < 3) return 0;
    auto const bytes = std::as_bytes(std::span{data, size}).subspan(3);
    auto const form = Form(data[0] % 4);
    Source source;
    source.step = 1 + std::size_t{data[1]} * 64;
    source.layer = {bytes.begin(), bytes.end()};
    if (form == Form::Changes) source.layer = changed(bytes);
    if (form == Form::Text) source.layer = sealed(bytes);
    judge(form, source, static_cast<signed char>(data[2]));
    return 0;
}
