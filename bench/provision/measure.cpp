// How fast a layer of a package is encrypted, and opened as the Keep opens it: piece by piece, from
// a source that copies, each piece believed and hashed, the archive taken apart.
//
//     provision_bench MIB ROUNDS     one line of JSON for each measurement and round

#include "base/hex.hpp"
#include "crypto/digest.hpp"
#include "crypto/segments.hpp"
#include "package/oci/load.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>

namespace {

using namespace package::oci;
namespace tar = package::tar;
using crypto::Segments;
using Bytes = std::vector<std::byte>;
using Clock = std::chrono::steady_clock;

Bytes const key(Segments::key_size, std::byte{7});
PackageId const id{std::byte{9}};

void demand(bool holds, char const* what) {
    if (holds) return;
    (void)std::fprintf(stderr, "provision_bench: %s\n", what);
    std::exit(1);
}

template <class Work> void measure(char const* what, std::size_t bytes, Work const& work) {
    auto const started = Clock::now();
    work();
    std::chrono::duration<double> const taken = Clock::now() - started;
    (void)std::printf(
        "{\"what\":\"%s\",\"bytes_per_second\":%.0f}\n",
        what,
        static_cast<double>(bytes) / taken.count()
    );
}

Bytes archive(std::size_t size) {
    auto out = tar::header({.path = "data", .size = size, .target = {}});
    out.resize(out.size() + size, std::byte{'x'});
    out.resize(out.size() + tar::padding(size) + tar::end_size);
    return out;
}

void seal(base::View text, std::span<std::byte> out) {
    auto const cipher = Segments::fresh(key, layer_data(id, 0));
    demand(cipher.has_value(), "no cipher");
    std::ranges::copy(cipher->header(), out.begin());
    auto const count = Segments::count_of(out.size());
    for (std::uint32_t n = 0; n < count; ++n) {
        auto const piece = text.first(std::min(Segments::text_size(n), text.size()));
        text = text.subspan(piece.size());
        auto const to = out.subspan(Segments::offset_of(n), piece.size() + Segments::tag_size);
        demand(cipher->seal(n, n + 1 == count, piece, to).has_value(), "not sealed");
    }
}

void open(base::View sealed, std::span<std::byte> out) {
    base::Bytes<Segments::header_size> header{};
    std::ranges::copy(sealed.first(header.size()), header.begin());
    auto const cipher = Segments::of(key, layer_data(id, 0), header);
    auto const count = Segments::count_of(sealed.size());
    for (std::uint32_t n = 0; n < count; ++n) {
        auto const at = Segments::offset_of(n);
        auto const size = std::min(
            Segments::text_size(n) + Segments::tag_size,
            static_cast<std::size_t>(sealed.size() - at)
        );
        auto const to = out.first(size - Segments::tag_size);
        demand(cipher->open(n, n + 1 == count, sealed.subspan(at, size), to).has_value(), "no");
    }
}

struct Store : Blobs {
    std::string manifest, config, manifest_name, config_name;
    Bytes layer;

    explicit Store(Bytes sealed) : layer{std::move(sealed)} {
        config = encode(
            Config{
                .id = base::hex(id),
                .cipher = Cipher::TinkAes256GcmHkdf1Mb,
                .commitment = base::hex(*commitment(key, id)),
                .workload = std::string(64, 'a'),
                .configuration = std::string(64, 'b'),
                .secrets = {},
                .layers = {1}
            }
        );
        config_name = digest_of(base::view_of(config));
        manifest = encode(
            Manifest{
                .config =
                    {.media_type = std::string{config_type},
                     .digest = config_name,
                     .size = config.size()},
                .layers = {
                    {.media_type = std::string{encrypted_layer_type},
                     .digest = digest_of(layer),
                     .size = layer.size()}
                }
            }
        );
        manifest_name = digest_of(base::view_of(manifest));
    }

    std::vector<std::byte>
    read(std::string const& digest, std::uint64_t offset, std::size_t most) override {
        base::View all = layer;
        if (digest == manifest_name) all = base::view_of(manifest);
        if (digest == config_name) all = base::view_of(config);
        if (offset >= all.size()) return {};
        all = all.subspan(offset, std::min<std::size_t>(most, all.size() - offset));
        return {all.begin(), all.end()};
    }
};

struct Count : tar::Sink {
    std::size_t bytes = 0;
    tar::Read<void> entry(tar::Entry const& /*entry*/) override { return {}; }
    tar::Read<void> contents(base::View piece) override {
        bytes += piece.size();
        return {};
    }
};

} // namespace

int main(int argc, char** argv) {
    auto const size = std::size_t{argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 64} << 20;
    auto const rounds = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 5;
    auto const text = archive(size);
    Bytes sealed(Segments::sealed_size(text.size()));
    Bytes opened(Segments::segment_size);
    seal(text, sealed);
    Store store{sealed};
    for (std::size_t round = 0; round < rounds; ++round) {
        measure("segments sealed", text.size(), [&] { seal(text, sealed); });
        measure("segments opened", text.size(), [&] { open(sealed, opened); });
        measure("layer loaded as the Keep does", text.size(), [&] {
            Count count;
            auto const done = load(store.manifest_name, base::View{key}, store, count);
            demand(done.has_value() && count.bytes == size, "the package does not load");
        });
        measure("SHA-256 alone", sealed.size(), [&] { (void)crypto::sha256(sealed); });
    }
}
