// A package is taken apart as it was made; a byte that differs anywhere is told by name, and no
// piece that was not believed is handed on.

#include "base/hex.hpp"
#include "crypto/digest.hpp"
#include "crypto/segments.hpp"
#include "package/oci/load_for_tests.hpp"

#include <gtest/gtest.h>

namespace package::oci {
namespace {

using testing::Bytes;
using testing::Collect;

Bytes filled(std::size_t size, unsigned value) {
    Bytes out;
    out.assign(size, std::byte(value));
    return out;
}

// So that its archive has several segments.
Bytes const contents = testing::counted(std::size_t{5} << 20);

Bytes archive() { return testing::archive_of(contents); }

Bytes sealed(base::View text, base::View key, base::View data) {
    auto const cipher = *crypto::Segments::fresh(key, data);
    Bytes out(crypto::Segments::sealed_size(text.size()));
    std::ranges::copy(cipher.header(), out.begin());
    auto const count = crypto::Segments::count_of(out.size());
    std::size_t at = 0;
    for (std::uint32_t n = 0; n < count; ++n) {
        auto const size = std::min(crypto::Segments::text_size(n), text.size() - at);
        EXPECT_TRUE(cipher.seal(
            n,
            n + 1 == count,
            text.subspan(at, size),
            std::span{out}.subspan(
                crypto::Segments::offset_of(n), size + crypto::Segments::tag_size
            )
        ));
        at += size;
    }
    return out;
}

// A package with one layer.
struct Store : testing::Store {
    Bytes key = filled(32, 7);
    PackageId id{std::byte{9}};
    Config config{
        .id = base::hex(PackageId{std::byte{9}}),
        .cipher = Cipher::TinkAes256GcmHkdf1Mb,
        .commitment = base::hex(*commitment(filled(32, 7), PackageId{std::byte{9}})),
        .workload = std::string(64, 'a'),
        .configuration = std::string(64, 'b'),
        .secrets = {},
        .layers = {1}
    };

    std::string package(Bytes const& layer_bytes, std::string_view type = encrypted_layer_type) {
        auto const text = encode(config);
        Manifest const manifest{
            .config = described(config_type, base::view_of(text)),
            .layers = {described(type, layer_bytes)}
        };
        layer = manifest.layers[0].digest;
        return add(base::view_of(encode(manifest)));
    }
    std::string good() { return package(sealed(archive(), key, layer_data(id, 0))); }
};

std::string loaded(Store& store, std::string const& digest, Collect& sink) {
    return testing::loaded(store, store.key, digest, sink);
}
std::string loaded(Store& store, std::string const& digest) {
    Collect sink;
    return loaded(store, digest, sink);
}

TEST(Package, is_taken_apart_as_it_was_made_in_pieces_of_any_size) {
    for (std::size_t const step : {std::size_t{1000}, std::size_t{65537}, std::size_t{1} << 20}) {
        Store store;
        auto const digest = store.good();
        store.most_at_once = step;
        Collect sink;
        ASSERT_EQ(loaded(store, digest, sink), "loaded");
        EXPECT_EQ(sink.names, std::vector<std::string>{"large"});
        EXPECT_TRUE(sink.bytes == contents);
        EXPECT_LE(store.largest_read, crypto::Segments::segment_size + 1)
            << "one segment at a time";
    }
}

TEST(Package, that_nobody_has_or_has_all_of_is_missing) {
    Store store;
    EXPECT_EQ(loaded(store, digest_of(Bytes{})), "package-missing");
    auto const digest = store.good();
    auto const all = store.blobs;
    for (auto const& [name, bytes] : all) {
        store.blobs = all;
        store.blobs.erase(name);
        EXPECT_EQ(loaded(store, digest), "package-missing") << name;
    }
    store.blobs = all;
    store.blobs[store.layer].resize(all.at(store.layer).size() - 1);
    EXPECT_EQ(loaded(store, digest), "package-missing");
}

TEST(Package, with_a_bit_changed_anywhere_is_damaged_and_hands_on_nothing_of_that_piece) {
    Store store;
    auto const digest = store.good();
    auto const all = store.blobs;
    for (auto const& [name, bytes] : all) {
        bool const is_layer = name == store.layer;
        auto const step =
            is_layer ? bytes.size() / 50 : std::max<std::size_t>(1, bytes.size() / 50);
        for (std::size_t at = 0; at < bytes.size(); at += step) {
            store.blobs[name][at] ^= std::byte{1};
            Collect sink;
            EXPECT_EQ(loaded(store, digest, sink), "package-damaged") << name << at;
            EXPECT_TRUE(
                std::ranges::equal(sink.bytes, base::View{contents}.first(sink.bytes.size()))
            ) << at;
            if (is_layer) EXPECT_LE(sink.bytes.size(), at) << "what was changed came through";
            store.blobs[name][at] ^= std::byte{1};
        }
    }
}

TEST(Package, whose_layer_is_cut_or_of_another_package_is_damaged) {
    Store store;
    auto const whole = sealed(archive(), store.key, layer_data(store.id, 0));
    for (std::size_t const size : {std::size_t{1} << 20, std::size_t{3} << 20, whole.size() - 1})
        EXPECT_EQ(
            loaded(store, store.package({whole.begin(), whole.begin() + size})), "package-damaged"
        );
    EXPECT_EQ(
        loaded(store, store.package(sealed(archive(), store.key, layer_data({}, 0)))),
        "package-damaged"
    );
    EXPECT_EQ(
        loaded(store, store.package(sealed(archive(), store.key, layer_data(store.id, 1)))),
        "package-damaged"
    );
    EXPECT_EQ(loaded(store, store.package(filled(10, 0))), "package-damaged");
    EXPECT_EQ(loaded(store, store.package(archive(), plain_layer_type)), "package-damaged")
        << "a layer that is not encrypted in a package that is";
}

TEST(Package, with_another_key_is_refused_before_anything_is_opened) {
    Store store;
    auto const digest = store.good();
    store.blobs.erase(store.layer);
    store.key = filled(32, 8);
    EXPECT_EQ(loaded(store, digest), "package-key-wrong");
    store.key = filled(31, 7);
    EXPECT_EQ(loaded(store, digest), "package-key-wrong");
    Collect sink;
    EXPECT_EQ(load(digest, {}, store, sink).error().name, "package-key-wrong");
}

TEST(Package, that_is_plain_needs_no_key_and_its_digest) {
    Store store;
    store.config.cipher = Cipher::None;
    store.config.id = store.config.commitment = "";
    auto const digest = store.package(archive(), plain_layer_type);
    Collect sink;
    EXPECT_TRUE(load(digest, {}, store, sink));
    EXPECT_TRUE(sink.bytes == contents);
    EXPECT_EQ(loaded(store, digest), "package-key-wrong") << "a key for what needs none";
    store.blobs[store.layer][100'000] ^= std::byte{1};
    EXPECT_EQ(load(digest, {}, store, sink).error().name, "package-damaged");
}

TEST(Package, whose_archive_leads_elsewhere_is_damaged) {
    Store store;
    Bytes climbing = tar::header({.path = "../outside", .size = 0, .target = {}});
    climbing.resize(climbing.size() + tar::end_size);
    EXPECT_EQ(
        loaded(store, store.package(sealed(climbing, store.key, layer_data(store.id, 0)))),
        "package-damaged"
    );
}

TEST(Package, from_a_source_that_gives_more_than_was_asked_for_is_damaged) {
    struct Endless : Store {
        std::vector<std::byte>
        read(std::string const& digest, std::uint64_t offset, std::size_t most) override {
            auto bytes = Store::read(digest, offset, most);
            if (digest == layer) bytes.resize(most + 1);
            return bytes;
        }
    };
    Endless store;
    auto const digest = store.good();
    EXPECT_EQ(loaded(store, digest), "package-damaged");
}

} // namespace
} // namespace package::oci
