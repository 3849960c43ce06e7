// Of an image that ocicrypt encrypted nothing is used before its HMAC was right, and what comes the
// second time is what came the first; whatever is missing in its annotations is told by its name.

#include "base/hex.hpp"
#include "crypto/base64.hpp"
#include "package/oci/load_for_tests.hpp"
#include "package/oci/ocicrypt.hpp"

#include <gtest/gtest.h>

namespace package::oci {
namespace {

using testing::Bytes;
using testing::Collect;

// RFC 2104, by hand.
crypto::Sha256Digest hmac(base::View key, base::View bytes) {
    base::Bytes<64> inner{};
    base::Bytes<64> outer{};
    for (std::size_t i = 0; i < inner.size(); ++i) {
        auto const byte = i < key.size() ? key[i] : std::byte{};
        inner[i] = byte ^ std::byte{0x36};
        outer[i] = byte ^ std::byte{0x5c};
    }
    auto const first = crypto::Sha256{}.add(inner).add(bytes).digest();
    return crypto::Sha256{}.add(outer).add(first).digest();
}

Bytes const contents = testing::counted(std::size_t{3} << 20);

Bytes archive() { return testing::archive_of(contents); }

// Counter mode is its own inverse: what zeros are decrypted to is what text is changed by.
Bytes encrypted(base::View text, base::View key) {
    Bytes out(text.size());
    auto code = *crypto::CtrCode::with(key);
    EXPECT_TRUE(code.add(out));
    auto cipher = *std::move(code).believe(hmac(key.first(32), out));
    Bytes const zeros(text.size());
    EXPECT_TRUE(cipher.decrypt(zeros, out));
    for (std::size_t i = 0; i < out.size(); ++i) out[i] ^= text[i];
    return out;
}

struct Store : testing::Store {
    Bytes key = Bytes(ocicrypt_key_size, std::byte{7});
    Config config{
        .id = "",
        .cipher = Cipher::None,
        .commitment = "",
        .workload = std::string(64, 'a'),
        .configuration = std::string(64, 'b'),
        .secrets = {},
        .layers = {1}
    };
    Manifest manifest;
    std::vector<std::uint64_t> offsets; // of the layer, as they were asked for

    // The name of what `manifest` says now.
    std::string renamed() { return add(base::view_of(encode(manifest))); }
    std::string image(Bytes const& layer_bytes) {
        auto const text = encode(config);
        manifest = {
            .config = described(config_type, base::view_of(text)),
            .layers = {described(ocicrypt_layer_type, layer_bytes)},
            .seals = {{.hmac = hmac(base::View{key}.first(32), layer_bytes)}}
        };
        layer = manifest.layers[0].digest;
        return renamed();
    }
    std::string good() { return image(encrypted(archive(), key)); }

    std::vector<std::byte>
    read(std::string const& digest, std::uint64_t offset, std::size_t most) override {
        if (digest == layer) offsets.push_back(offset);
        return testing::Store::read(digest, offset, most);
    }
};

std::string loaded(Store& store, std::string const& digest, Collect& sink) {
    return testing::loaded(store, store.key, digest, sink);
}

TEST(Image, that_ocicrypt_encrypted_is_taken_apart_in_pieces_of_any_size) {
    for (std::size_t const step : {std::size_t{10000}, std::size_t{65537}, std::size_t{1} << 20}) {
        Store store;
        auto const digest = store.good();
        store.most_at_once = step;
        Collect sink;
        ASSERT_EQ(loaded(store, digest, sink), "loaded");
        EXPECT_EQ(sink.names, std::vector<std::string>{"large"});
        EXPECT_TRUE(sink.bytes == contents);
        EXPECT_LE(store.largest_read, (std::size_t{1} << 20) + 1) << "one piece at a time";
        EXPECT_EQ(std::ranges::count(store.offsets, 0), 2) << "twice, and no more";
    }
}

TEST(Image, whose_hmac_is_wrong_is_refused_before_a_byte_is_used) {
    Store store;
    store.good();
    for (std::size_t i = 0; i < 32; ++i) {
        store.manifest.seals[0].hmac[i] ^= std::byte{4};
        Collect sink;
        EXPECT_EQ(loaded(store, store.renamed(), sink), "package-key-wrong");
        EXPECT_TRUE(sink.names.empty() && sink.bytes.empty());
        store.manifest.seals[0].hmac[i] ^= std::byte{4};
    }
    // The last byte alone: all others decrypt to what they should.
    auto other = encrypted(archive(), store.key);
    other.back() ^= std::byte{1};
    auto const right = store.manifest.seals[0];
    store.image(other);
    store.manifest.seals[0] = right;
    Collect sink;
    EXPECT_EQ(loaded(store, store.renamed(), sink), "package-key-wrong");
    EXPECT_TRUE(sink.names.empty() && sink.bytes.empty());
}

TEST(Image, with_another_key_or_of_another_size_is_refused_before_a_byte_is_used) {
    Store store;
    auto const digest = store.good();
    store.key[31] ^= std::byte{1};
    Collect sink;
    EXPECT_EQ(loaded(store, digest, sink), "package-key-wrong");
    for (std::size_t const size : {std::size_t{0}, std::size_t{32}, std::size_t{96}}) {
        store.key.assign(size, std::byte{7});
        store.offsets.clear();
        EXPECT_EQ(loaded(store, digest, sink), "package-key-wrong");
        EXPECT_TRUE(store.offsets.empty()) << "nothing of the layer was asked for";
    }
    EXPECT_EQ(load(digest, {}, store, sink).error().name, "package-key-wrong");
    EXPECT_TRUE(sink.names.empty());
}

TEST(Image, that_is_cut_or_changed_is_refused_before_a_byte_is_used) {
    Store store;
    auto const digest = store.good();
    auto const all = store.blobs;
    auto const size = all.at(store.layer).size();
    for (std::size_t at = 0; at < size; at += size / 20) {
        store.blobs[store.layer][at] ^= std::byte{1};
        Collect sink;
        EXPECT_EQ(loaded(store, digest, sink), "package-damaged") << at;
        EXPECT_TRUE(sink.names.empty());
        store.blobs[store.layer].resize(at);
        EXPECT_EQ(loaded(store, digest, sink), "package-missing") << at;
        EXPECT_TRUE(sink.names.empty());
        store.blobs = all;
    }
}

// A host that has shown the right bytes once, so that the code was right, and then others.
TEST(Image, whose_bytes_are_others_the_second_time_hands_on_nothing_of_that_piece) {
    struct Changing : Store {
        std::uint64_t from = 0;
        bool cut = false;
        std::vector<std::byte>
        read(std::string const& digest, std::uint64_t offset, std::size_t most) override {
            auto bytes = Store::read(digest, offset, most);
            bool const second = std::ranges::count(offsets, 0) == 2;
            if (digest != layer || !second || offset + bytes.size() <= from) return bytes;
            if (cut) return {};
            bytes[from > offset ? from - offset : 0] ^= std::byte{1};
            return bytes;
        }
    };
    for (std::uint64_t const from : {0U, 511U, 1U << 20, (1U << 20) + 77, 3U << 20})
        for (bool const cut : {false, true}) {
            Changing store;
            auto const digest = store.good();
            store.from = from;
            store.cut = cut;
            Collect sink;
            EXPECT_EQ(loaded(store, digest, sink), cut ? "package-missing" : "package-damaged");
            EXPECT_LE(sink.bytes.size(), from) << "what was changed came through";
            EXPECT_TRUE(
                std::ranges::equal(sink.bytes, base::View{contents}.first(sink.bytes.size()))
            );
        }
}

TEST(Image, of_several_layers_has_a_key_for_each) {
    Store store;
    store.good();
    auto small = tar::header({.path = "small", .size = 0, .target = {}});
    small.resize(small.size() + tar::end_size);
    Bytes const second(ocicrypt_key_size, std::byte{8});
    auto const bytes = encrypted(small, second);
    store.manifest.layers.push_back(store.described(ocicrypt_layer_type, bytes));
    store.manifest.seals.push_back({.hmac = hmac(base::View{second}.first(32), bytes)});
    store.config.layers.push_back(1);
    auto const text = encode(store.config);
    store.manifest.config = store.described(config_type, base::view_of(text));
    auto const digest = store.renamed();
    auto const first = store.key;
    store.key.insert(store.key.end(), second.begin(), second.end());
    Collect sink;
    EXPECT_EQ(loaded(store, digest, sink), "loaded");
    EXPECT_EQ(sink.names, (std::vector<std::string>{"large", "small"}));
    store.key = second;
    store.key.insert(store.key.end(), first.begin(), first.end());
    EXPECT_EQ(loaded(store, digest, sink), "package-key-wrong") << "in another order";
}

TEST(Image, that_says_it_is_encrypted_twice_is_damaged) {
    Store store;
    store.config.cipher = Cipher::TinkAes256GcmHkdf1Mb;
    store.config.id = std::string(64, '1');
    store.config.commitment = std::string(64, '2');
    Collect sink;
    EXPECT_EQ(loaded(store, store.good(), sink), "package-damaged");
}

// ---- annotations ----

std::string refused(std::string const& json) {
    auto const read = decode_public_options(crypto::encode_base64(base::view_of(json)));
    return read ? "taken" : read.error().field;
}

TEST(PublicOptions, are_those_of_the_one_cipher_and_nothing_else) {
    std::string const hmac = R"("hmac":"Xhs6RnHoXwJE/qy2TaVnlCYK4WvdhJGXPKXmVtEOExE=")";
    std::string const cipher = R"("cipher":"AES_256_CTR_HMAC_SHA256")";
    std::string const options = R"("cipheroptions":{})";
    // As skopeo 1.9.3 wrote it.
    auto const good = '{' + cipher + ',' + hmac + ',' + options + '}';
    EXPECT_EQ(refused(good), "taken");
    auto const seal = *decode_public_options(crypto::encode_base64(base::view_of(good)));
    EXPECT_EQ(
        base::hex(seal.hmac), "5e1b3a4671e85f0244feacb64da56794260ae16bdd8491973ca5e656d10e1311"
    );
    EXPECT_EQ(encode(seal), crypto::encode_base64(base::view_of(good)));
    std::string const at = "manifest.layers.pubopts";
    EXPECT_EQ(refused(""), at);
    EXPECT_EQ(refused("[]"), at);
    EXPECT_EQ(refused('{' + hmac + ',' + options + '}'), at + ".cipher");
    EXPECT_EQ(refused('{' + cipher + ',' + options + '}'), at + ".hmac");
    EXPECT_EQ(refused('{' + cipher + ',' + hmac + '}'), at + ".cipheroptions");
    EXPECT_EQ(refused('{' + cipher + ',' + hmac + ',' + options + R"(,"x":1})"), at);
    EXPECT_EQ(refused('{' + cipher + ',' + hmac + ',' + hmac + ',' + options + '}'), at);
    EXPECT_EQ(refused(R"({"cipher":"AES_256_CTR",)" + hmac + ',' + options + '}'), at + ".cipher");
    EXPECT_EQ(refused('{' + cipher + R"(,"hmac":"",)" + options + '}'), at + ".hmac");
    EXPECT_EQ(refused('{' + cipher + R"(,"hmac":"AAAA",)" + options + '}'), at + ".hmac");
    EXPECT_EQ(refused('{' + cipher + R"(,"hmac":null,)" + options + '}'), at + ".hmac");
    EXPECT_EQ(
        refused('{' + cipher + ',' + hmac + R"(,"cipheroptions":{"nonce":"AAAA"}})"),
        at + ".cipheroptions"
    );
    EXPECT_EQ(
        refused('{' + cipher + ',' + hmac + R"(,"cipheroptions":null})"), at + ".cipheroptions"
    );
    EXPECT_EQ(refused(std::string(5000, ' ') + good), at);
    EXPECT_EQ(refused(std::string(3500, ' ') + good), at) << "in base64 more than 4 KiB";
    EXPECT_FALSE(decode_public_options("*"));
}

TEST(PrivateOptions, are_key_and_nonce) {
    auto const read = [](std::string const& json) {
        auto const options = decode_private_options(base::view_of(json));
        return options ? base::hex(options->view()) : options.error().field;
    };
    std::string const key = R"({"symkey":")" + crypto::encode_base64(Bytes(32, std::byte{1})) + '"';
    std::string const nonce =
        R"("cipheroptions":{"nonce":")" + crypto::encode_base64(Bytes(16, std::byte{2})) + R"("}})";
    std::string wanted;
    for (int i = 0; i < 32; ++i) wanted += "01";
    for (int i = 0; i < 16; ++i) wanted += "02";
    EXPECT_EQ(read(key + R"(,"digest":"sha256:x",)" + nonce), wanted);
    EXPECT_EQ(read("x"), "options");
    EXPECT_EQ(read('{' + nonce), "options.symkey");
    EXPECT_EQ(read(R"({"symkey":"AAAA",)" + nonce), "options.symkey");
    EXPECT_EQ(read(key + '}'), "options.cipheroptions");
    EXPECT_EQ(read(key + R"(,"cipheroptions":{}})"), "options.cipheroptions.nonce");
    EXPECT_EQ(read(key + R"(,"cipheroptions":{"nonce":"AAAA"}})"), "options.cipheroptions.nonce");
}

TEST(WrappedKeys, are_a_few_in_base64_with_commas_between_them) {
    EXPECT_EQ(decode_wrapped_keys("AAAA")->size(), 1U);
    EXPECT_EQ(decode_wrapped_keys("AAAA,AAAA,AA==")->size(), 3U);
    std::string many = "AAAA";
    for (std::size_t i = 1; i < most_wrapped_keys; ++i) many += ",AAAA";
    EXPECT_EQ(decode_wrapped_keys(many)->size(), most_wrapped_keys);
    for (auto const& text :
         {std::string{},
          std::string{","},
          std::string{"AAAA,"},
          std::string{"A"},
          many + ",AAAA",
          std::string((64U << 10) + 4, 'A')})
        EXPECT_FALSE(decode_wrapped_keys(text)) << text.size();
}

TEST(Manifest, of_an_encrypted_image_has_a_seal_for_each_layer) {
    Store store;
    store.good();
    auto const text = encode(store.manifest);
    EXPECT_FALSE(text.contains("artifactType")) << "as skopeo 1.9.3 leaves it out";
    EXPECT_EQ(*decode_manifest(base::view_of(text)), store.manifest);
    auto const refused_with = [&](std::string_view what, std::string_view instead) {
        auto changed = text;
        auto const at = changed.find(what);
        EXPECT_NE(at, std::string::npos) << what;
        auto const read = decode_manifest(base::view_of(changed.replace(at, what.size(), instead)));
        return read ? "taken" : read.error().field;
    };
    EXPECT_EQ(
        refused_with("\"config\"", R"("artifactType":"application/vnd.enarx.package.v1","config")"),
        "taken"
    );
    EXPECT_EQ(
        refused_with("\"config\"", R"("artifactType":"application/other","config")"),
        "manifest.artifactType"
    );
    EXPECT_EQ(refused_with("\"annotations\"", "\"other\""), "manifest.layers.annotations");
    EXPECT_EQ(
        refused_with("enc.pubopts", "enc.other"),
        "manifest.layers.annotations.org.opencontainers.image.enc.pubopts"
    );
    EXPECT_EQ(refused_with("tar+encrypted", "tar+gzip+encrypted"), "manifest.layers.mediaType");
    EXPECT_EQ(refused_with("tar+encrypted", "tar"), "manifest.artifactType");
    auto mixed = store.manifest;
    mixed.layers.push_back(mixed.layers[0]);
    mixed.layers[1].media_type = plain_layer_type;
    EXPECT_EQ(
        decode_manifest(base::view_of(encode(mixed))).error().field, "manifest.layers.mediaType"
    );
}

} // namespace
} // namespace package::oci
