// Keys of layers as skopeo wraps them open with the right private key and with no other; whatever
// is missing or changed in them is told by its name, or does not open.

#include "base/test_folders.hpp"
#include "crypto/base64.hpp"
#include "package/oci/jwe.hpp"
#include "package/oci/ocicrypt.hpp"

#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

namespace package::oci {
namespace {

std::string vector(std::string const& name) {
    std::ifstream file{std::string{enarx::test::source_folder} + "/test/vectors/ocicrypt/" + name};
    std::stringstream out;
    out << file.rdbuf();
    EXPECT_FALSE(out.str().empty()) << name;
    return out.str();
}

crypto::UnwrappingKey key(std::string const& name) {
    return *crypto::UnwrappingKey::parse_pem(base::view_of(vector(name)));
}

std::string with(std::string text, std::string_view what, std::string_view instead) {
    auto const at = text.find(what);
    EXPECT_NE(at, std::string::npos) << what;
    return text.replace(at, what.size(), instead);
}

std::optional<std::string> opened(std::string const& text, std::string const& key_name) {
    auto const jwe = decode_jwe(base::view_of(text));
    if (!jwe) return jwe.error().field;
    auto const out = open(*jwe, key(key_name));
    if (!out) return {};
    return std::string{base::text_of(out->view())};
}

std::string refused(std::string const& text) {
    auto const jwe = decode_jwe(base::view_of(text));
    return jwe ? "taken" : jwe.error().field;
}

TEST(Jwe, of_skopeo_opens_with_the_key_that_it_was_made_for) {
    for (auto const& [jwe, of] :
         {std::pair{"rsa.jwe", "rsa.key"},
          std::pair{"ec.jwe", "ec.key"},
          std::pair{"both.jwe", "rsa.key"},
          std::pair{"both.jwe", "ec.key"}}) {
        auto const text = opened(vector(jwe), of);
        ASSERT_TRUE(text) << jwe << of;
        EXPECT_TRUE(text->starts_with(R"({"symkey":")")) << *text;
        auto const options = decode_private_options(base::view_of(*text));
        ASSERT_TRUE(options) << options.error().field;
        EXPECT_EQ(options->view().size(), ocicrypt_key_size);
    }
    EXPECT_EQ(opened(vector("both.jwe"), "ec.key"), opened(vector("both.jwe"), "rsa.key"));
}

TEST(Jwe, for_another_opens_with_no_key) {
    EXPECT_EQ(opened(vector("rsa.jwe"), "ec.key"), std::nullopt);
    EXPECT_EQ(opened(vector("ec.jwe"), "rsa.key"), std::nullopt);
    auto const other = std::string{enarx::test::source_folder} + "/test/vectors/keys/sev-id.key";
    std::stringstream text;
    text << std::ifstream{other}.rdbuf();
    auto const p384 = crypto::UnwrappingKey::parse_pem(base::view_of(text.str()));
    ASSERT_TRUE(p384);
    EXPECT_FALSE(open(*decode_jwe(base::view_of(vector("ec.jwe"))), *p384));
}

// Every character of every value, changed to another of the alphabet.
TEST(Jwe, with_a_bit_changed_does_not_open) {
    auto const good = vector("ec.jwe");
    auto const private_key = key("ec.key");
    ASSERT_TRUE(open(*decode_jwe(base::view_of(good)), private_key));
    for (auto const* field : {"protected", "encrypted_key", "iv", "ciphertext", "tag"}) {
        auto const start =
            good.find(std::string{'"'} + field + "\":\"") + std::string_view{field}.size() + 4;
        auto const end = good.find('"', start);
        for (auto at = start; at < end; at += 7) {
            auto text = good;
            text[at] = text[at] == 'A' ? 'B' : 'A';
            auto const jwe = decode_jwe(base::view_of(text));
            EXPECT_FALSE(jwe && open(*jwe, private_key)) << field << at - start;
        }
    }
}

TEST(Jwe, of_another_form_is_refused_by_the_name_of_its_field) {
    auto const good = vector("ec.jwe");
    EXPECT_EQ(refused(""), "jwe");
    EXPECT_EQ(refused("[]"), "jwe");
    EXPECT_EQ(refused(good.substr(0, 100)), "jwe");
    EXPECT_EQ(refused(std::string(largest_jwe + 1, ' ')), "jwe");
    EXPECT_EQ(refused(with(good, "\"protected\"", "\"other\"")), "jwe.protected");
    EXPECT_EQ(refused(with(good, "\"encrypted_key\"", "\"other\"")), "jwe.encrypted_key");
    EXPECT_EQ(refused(with(good, "\"iv\":\"", "\"iv\":\"AAAA")), "jwe.iv");
    EXPECT_EQ(refused(with(good, "\"iv\":\"", "\"iv\":\"=")), "jwe.iv");
    EXPECT_EQ(refused(with(good, "\"tag\":\"", "\"tag\":\"AAAA")), "jwe.tag");
    EXPECT_EQ(refused(with(good, "\"ciphertext\"", "\"other\"")), "jwe.ciphertext");
    auto const header = [&](std::string const& json) {
        return R"({"protected":")" + crypto::encode_base64url(base::view_of(json)) +
               R"(","encrypted_key":"AAAA","iv":"AAAAAAAAAAAAAAAA","ciphertext":"AAAA",)" +
               R"("tag":"AAAAAAAAAAAAAAAAAAAAAA"})";
    };
    EXPECT_EQ(refused(header(R"({"alg":"RSA-OAEP","enc":"A256GCM"})")), "taken");
    EXPECT_EQ(refused(header(R"({"alg":"RSA-OAEP","enc":"A128GCM"})")), "jwe.protected.enc");
    EXPECT_EQ(refused(header(R"({"alg":"RSA-OAEP"})")), "jwe.protected.enc");
    EXPECT_EQ(
        refused(header(R"({"alg":"RSA-OAEP","enc":"A256GCM","zip":"DEF"})")), "jwe.protected.zip"
    );
    EXPECT_EQ(
        refused(header(R"({"alg":"RSA-OAEP","enc":"A256GCM","crit":[]})")), "jwe.protected.crit"
    );
    EXPECT_EQ(refused(header(R"({"alg":"ECDH-ES+A256KW","enc":"A256GCM"})")), "jwe.header.epk");
    EXPECT_EQ(
        refused(header(R"({"alg":"ECDH-ES+A256KW","enc":"A256GCM","epk":{"crv":"P-256"}})")),
        "jwe.header.epk.x"
    );
    auto const unknown = decode_jwe(base::view_of(header(R"({"alg":"dir","enc":"A256GCM"})")));
    EXPECT_TRUE(unknown->recipients.empty()) << "for somebody, in a way that is not known here";
    auto const both = vector("both.jwe");
    EXPECT_EQ(refused(with(both, "\"recipients\":[", "\"recipients\":[1,")), "jwe.recipients");
    EXPECT_EQ(
        refused(with(both, "\"recipients\":[", "\"recipients\":[],\"others\":[")), "jwe.recipients"
    );
    std::string many = "{},";
    for (int i = 0; i < 7; ++i) many += many;
    EXPECT_EQ(refused(with(both, "\"recipients\":[", "\"recipients\":[" + many)), "jwe.recipients");
}

// A point that is not on the curve tells of the private key what it will.
TEST(Jwe, with_a_point_beside_the_curve_does_not_open) {
    auto jwe = *decode_jwe(base::view_of(vector("ec.jwe")));
    jwe.recipients[0].y[5] ^= std::byte{1};
    EXPECT_FALSE(open(jwe, key("ec.key")));
    jwe = *decode_jwe(base::view_of(vector("ec.jwe")));
    jwe.recipients[0].curve = "P-384";
    EXPECT_FALSE(open(jwe, key("ec.key")));
    jwe.recipients[0].curve = "P-256";
    jwe.recipients[0].x.insert(jwe.recipients[0].x.begin(), std::byte{});
    EXPECT_FALSE(open(jwe, key("ec.key")));
}

TEST(UnwrappingKey, is_one_private_key_in_pem) {
    for (auto const* text :
         {"", "x", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"})
        EXPECT_FALSE(crypto::UnwrappingKey::parse_pem(base::view_of(text))) << text;
    auto const ec = vector("ec.key");
    EXPECT_FALSE(crypto::UnwrappingKey::parse_pem(base::view_of(ec + ec)));
}

} // namespace
} // namespace package::oci
