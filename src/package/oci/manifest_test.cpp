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

// ---- every field of both, in every way ----

using Refused = std::string (*)(std::string const&);

// `value`: the whole text that stands behind `"key":` at `at` in `text`.
std::size_t end_of_value(std::string const& text, std::size_t at) {
    int depth = 0;
    for (bool quoted = false; at < text.size(); ++at) {
        char const c = text[at];
        if (c == '"') quoted = !quoted;
        if (quoted) continue;
        if (depth == 0 && (c == ',' || c == '}' || c == ']')) return at;
        depth += (c == '{' || c == '[') - (c == '}' || c == ']');
    }
    return at;
}

void expect_each_change_refused(
    std::string const& good,
    std::string const& key,
    std::string const& field,
    Refused refused,
    std::size_t from = 0
) {
    auto const at = good.find('"' + key + "\":", from);
    ASSERT_NE(at, std::string::npos) << field;
    auto const value_at = at + key.size() + 3;
    auto const end = end_of_value(good, value_at);
    auto const value = good.substr(value_at, end - value_at);
    auto const instead = [&](std::string_view text) {
        auto changed = good;
        return changed.replace(value_at, end - value_at, text);
    };
    for (auto const* const other : {"null", "true", "-1", "1.5", "1e9", "{\"a\":1}", "[[]]"})
        EXPECT_TRUE(refused(instead(other)).starts_with(field)) << field << ' ' << other;
    if (value[0] != '"') EXPECT_TRUE(refused(instead("\"x\"")).starts_with(field)) << field;
    if (value[0] == '"') EXPECT_TRUE(refused(instead("7")).starts_with(field)) << field;
    auto renamed = good;
    renamed.replace(at + 1, key.size(), key + "x");
    EXPECT_TRUE(refused(renamed).starts_with(field)) << field << " missing: " << refused(renamed);
    auto doubled = good;
    doubled.insert(end, ",\"" + key + "\":" + value);
    auto const whole = field.substr(0, field.find('.'));
    EXPECT_EQ(refused(doubled), whole) << field << " doubled";
    EXPECT_EQ(refused(good.substr(0, end)), whole) << field << " cut";
}

TEST(Manifest, wants_every_field_once_and_of_its_type) {
    auto const good = encode(manifest());
    for (auto const* const key : {"schemaVersion", "mediaType", "artifactType", "config", "layers"})
        expect_each_change_refused(good, key, std::string{"manifest."} + key, refused_manifest);
    for (std::string const part : {"config", "layers"})
        for (auto const* const key : {"mediaType", "digest", "size"})
            expect_each_change_refused(
                good, key, "manifest." + part + "." + key, refused_manifest, good.find('"' + part)
            );
}

TEST(Config, wants_every_field_once_and_of_its_type) {
    auto const good = encode(config());
    for (auto const* const key :
         {"enarx",
          "id",
          "cipher",
          "commitment",
          "workload",
          "configuration",
          "secrets",
          "volumes",
          "layers"})
        expect_each_change_refused(good, key, std::string{"config."} + key, refused_config);
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
