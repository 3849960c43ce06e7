// RFC 7515: three parts in base64url, the algorithm in the header, one spelling for each token.

#include "attest/jose/jws.hpp"
#include "crypto/base64.hpp"
#include "crypto/ec_signing_key.hpp"

#include <gtest/gtest.h>

namespace {

using namespace attest;
using jose::Jws;

std::string encoded(std::string_view text) { return crypto::encode_base64url(base::view_of(text)); }

std::string token(std::string_view header, std::string_view payload, std::string_view signature) {
    return encoded(header) + '.' + encoded(payload) + '.' + encoded(signature);
}

crypto::PublicKey public_key(crypto::P384SigningKey const& key) {
    auto const point = key.public_point();
    std::vector<std::byte> both{point.x.begin(), point.x.end()};
    both.insert(both.end(), point.y.begin(), point.y.end());
    return crypto::PublicKey::from_point(crypto::KeyKind::P384, both).value();
}

std::string signed_token(crypto::P384SigningKey const& key, std::string_view header) {
    auto const text = encoded(header) + '.' + encoded(R"({"iat":1})");
    auto const signature = key.sign(base::view_of(text)).value();
    std::vector<std::byte> both{signature.r.begin(), signature.r.end()};
    both.insert(both.end(), signature.s.begin(), signature.s.end());
    return text + '.' + crypto::encode_base64url(both);
}

TEST(Jws, VerifiesUnderTheKeyThatSignedAndNoOther) {
    auto const key = crypto::P384SigningKey::generate().value();
    auto const text = signed_token(key, R"({"alg":"ES384","typ":"eat+jwt"})");
    auto const jws = Jws::parse(text);
    ASSERT_TRUE(jws);
    EXPECT_EQ(jws->algorithm(), cose::Algorithm::Es384);
    EXPECT_EQ(base::text_of(jws->payload()), R"({"iat":1})");
    EXPECT_EQ(text.substr(jws->payload_offset(), 4), encoded(R"({"iat":1})").substr(0, 4));
    EXPECT_TRUE(jws->verified_by(public_key(key)));
    EXPECT_FALSE(jws->verified_by(public_key(crypto::P384SigningKey::generate().value())));
    EXPECT_TRUE(jose::looks_like_jws(base::view_of(text)));
}

TEST(Jws, NoCharacterOfATokenMayChange) {
    auto const key = crypto::P384SigningKey::generate().value();
    auto const text = signed_token(key, R"({"alg":"ES384"})");
    for (std::size_t i = 0; i < text.size(); ++i) {
        auto changed = text;
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        auto const jws = Jws::parse(changed);
        EXPECT_FALSE(jws && jws->verified_by(public_key(key))) << i;
    }
}

TEST(Jws, AnAlgorithmThatIsNoSignatureVerifiesUnderNoKey) {
    auto const key = crypto::P384SigningKey::generate().value();
    for (auto const* header :
         {R"({"alg":"none"})", R"({"alg":"HS256"})", R"({"alg":"ES256"})", R"({"alg":""})"}) {
        auto const jws = Jws::parse(signed_token(key, header));
        ASSERT_TRUE(jws) << header;
        EXPECT_FALSE(jws->verified_by(public_key(key))) << header;
    }
}

TEST(Jws, RefusesWhatIsNoTokenAndSaysWhere) {
    auto const offset = [](std::string const& text) { return Jws::parse(text).error().offset; };
    auto const good = token(R"({"alg":"ES384"})", "{}", "x");
    EXPECT_EQ(offset(""), 0U);
    EXPECT_EQ(offset("eyJ"), 3U);
    EXPECT_EQ(offset("eyJ.x"), 5U);
    EXPECT_EQ(offset("=." + encoded("{}") + ".x"), 0U);
    EXPECT_EQ(offset(good + '\n'), good.rfind('.') + 1);
    EXPECT_EQ(offset(good + ".x"), good.rfind('.') + 1);
    for (auto const* header :
         {"",
          "[]",
          "{}",
          R"({"alg":7})",
          R"({"alg":"ES384","alg":"none"})",
          R"({"alg":"ES384","crit":["b64"],"b64":false})"})
        EXPECT_FALSE(Jws::parse(token(header, "{}", "x"))) << header;
}

} // namespace
