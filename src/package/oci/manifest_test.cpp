// The manifest and the configuration of a package: one way to write them, and a refusal that names
// the field for everything else.

#include "package/oci/json.hpp"

#include <gtest/gtest.h>

namespace package::oci {
namespace {

std::string digest(char digit) { return "sha256:" + std::string(64, digit); }

Manifest manifest() {
    return {
        .config = {.media_type = std::string{config_type}, .digest = digest('a'), .size = 400},
        .layers = {
            {.media_type = std::string{encrypted_layer_type}, .digest = digest('b'), .size = 5000},
            {.media_type = std::string{plain_layer_type}, .digest = digest('c'), .size = 6000}
        }
    };
}

Config config() {
    return {
        .id = std::string(64, '1'),
        .cipher = Cipher::TinkAes256GcmHkdf1Mb,
        .commitment = std::string(64, '2'),
        .workload = std::string(64, '3'),
        .configuration = std::string(64, '4'),
        .secrets = {"DB_PASSWORD", "KEY"},
        .layers = {4096, 8192}
    };
}

std::string refused(std::string const& text, auto const& decode) {
    auto const read = decode(base::view_of(text));
    return read ? "taken" : read.error().field;
}
std::string refused_manifest(std::string const& text) { return refused(text, decode_manifest); }
std::string refused_config(std::string const& text) { return refused(text, decode_config); }

std::string with(std::string text, std::string_view what, std::string_view instead) {
    auto const at = text.find(what);
    EXPECT_NE(at, std::string::npos) << what;
    return text.replace(at, what.size(), instead);
}

TEST(Manifest, is_written_in_one_way_and_read_again) {
    EXPECT_EQ(
        encode(manifest()),
        R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",)"
        R"("artifactType":"application/vnd.enarx.package.v1",)"
        R"("config":{"mediaType":"application/vnd.enarx.package.config.v1+json","digest":")" +
            digest('a') + R"(","size":400},"layers":[)" +
            R"({"mediaType":"application/vnd.enarx.layer.v1+encrypted","digest":")" + digest('b') +
            R"(","size":5000},{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":")" +
            digest('c') + R"(","size":6000}]})"
    );
    EXPECT_EQ(*decode_manifest(base::view_of(encode(manifest()))), manifest());
}

TEST(Manifest, may_say_more_than_is_asked) {
    auto const text = with(
        encode(manifest()),
        R"({"schemaVersion")",
        R"({"annotations":{"org.opencontainers.image.created":"2026-11-29"},"schemaVersion")"
    );
    EXPECT_EQ(*decode_manifest(base::view_of(text)), manifest());
}

TEST(Manifest, of_anything_else_is_refused_by_the_name_of_its_field) {
    auto const good = encode(manifest());
    EXPECT_EQ(refused_manifest(""), "manifest");
    EXPECT_EQ(refused_manifest("[]"), "manifest");
    EXPECT_EQ(refused_manifest(good + "x"), "manifest");
    EXPECT_EQ(refused_manifest(good.substr(0, 200)), "manifest");
    EXPECT_EQ(refused_manifest(with(good, "{", R"({"schemaVersion":2,)")), "manifest");
    EXPECT_EQ(refused_manifest(with(good, ":2,", ":1,")), "manifest.schemaVersion");
    EXPECT_EQ(refused_manifest(with(good, ":2,", ":2.0,")), "manifest.schemaVersion");
    EXPECT_EQ(refused_manifest(with(good, "manifest.v1", "manifest.v2")), "manifest.mediaType");
    EXPECT_EQ(refused_manifest(with(good, "package.v1", "package.v2")), "manifest.artifactType");
    EXPECT_EQ(
        refused_manifest(with(good, "package.config.v1", "other")), "manifest.config.mediaType"
    );
    EXPECT_EQ(
        refused_manifest(with(good, "layer.v1+enc", "other+enc")), "manifest.layers.mediaType"
    );
    EXPECT_EQ(refused_manifest(with(good, "sha256:a", "sha512:a")), "manifest.config.digest");
    EXPECT_EQ(refused_manifest(with(good, "sha256:b", "sha256:B")), "manifest.layers.digest");
    EXPECT_EQ(refused_manifest(with(good, "5000", "-5000")), "manifest.layers.size");
    EXPECT_EQ(refused_manifest(with(good, "5000", "99999999999999")), "manifest.layers.size");
    EXPECT_EQ(refused_manifest(with(good, "5000", "\"5000\"")), "manifest.layers.size");
    auto none = manifest();
    none.layers.clear();
    EXPECT_EQ(refused_manifest(encode(none)), "manifest.layers");
    auto many = manifest();
    many.layers.resize(most_layers + 1, many.layers[0]);
    EXPECT_EQ(refused_manifest(encode(many)), "manifest.layers");
    EXPECT_EQ(refused_manifest(std::string(100, '[')), "manifest");
    EXPECT_EQ(
        refused_manifest(with(good, "{", R"({"x":)" + std::string(100000, '[') + ",")), "manifest"
    );
    EXPECT_EQ(refused_manifest(good + std::string(largest_manifest, ' ')), "manifest");
}

TEST(Config, is_read_as_it_was_written) {
    EXPECT_EQ(*decode_config(base::view_of(encode(config()))), config());
    auto plain = config();
    plain.cipher = Cipher::None;
    plain.id = plain.commitment = "";
    EXPECT_EQ(*decode_config(base::view_of(encode(plain))), plain);
}

TEST(Config, of_anything_else_is_refused_by_the_name_of_its_field) {
    auto const good = encode(config());
    EXPECT_EQ(refused_config(with(good, R"("enarx":1)", R"("enarx":2)")), "config.enarx");
    EXPECT_EQ(refused_config(with(good, "tink-aes256", "tink-aes128")), "config.cipher");
    // To say that nothing is encrypted does not make an encrypted package plain.
    EXPECT_EQ(refused_config(with(good, "tink-aes256-gcm-hkdf-1mb", "none")), "config.id");
    EXPECT_EQ(refused_config(with(good, std::string(64, '2'), "")), "config.commitment");
    EXPECT_EQ(refused_config(with(good, std::string(64, '1'), std::string(62, '1'))), "config.id");
    EXPECT_EQ(
        refused_config(with(good, std::string(64, '3'), std::string(64, 'A'))), "config.workload"
    );
    EXPECT_EQ(refused_config(with(good, std::string(64, '4'), "4")), "config.configuration");
    EXPECT_EQ(
        refused_config(with(good, R"("DB_PASSWORD","KEY")", R"("KEY","DB_PASSWORD")")),
        "config.secrets"
    );
    EXPECT_EQ(
        refused_config(with(good, R"("DB_PASSWORD","KEY")", R"("KEY","KEY")")), "config.secrets"
    );
    EXPECT_EQ(refused_config(with(good, R"("DB_PASSWORD")", "1")), "config.secrets");
    EXPECT_EQ(
        refused_config(with(good, R"("volumes":[])", R"("volumes":["data"])")), "config.volumes"
    );
    EXPECT_EQ(refused_config(with(good, "[4096", "[-1")), "config.layers");
    EXPECT_EQ(refused_config(with(good, R"({"enarx")", R"({"more":1,"enarx")")), "config");
}

} // namespace
} // namespace package::oci
