#include "attest/testing/vectors.hpp"
#include "attest/trust_key.hpp"

#include <gtest/gtest.h>

namespace {

using namespace attest;
using attest::testing::Json;
using attest::testing::Vectors;

// A good key of the vectors, as JWK.
Json good() {
    for (auto const& vector : Vectors::instance().of_kind("cca-trust-anchor")) {
        auto const bytes = Vectors::instance().read(vector.path);
        auto json = Json::parse(base::text_of(bytes));
        if (vector.positive != true) continue;
        if (json.is_object() && json.contains("kty")) return json;
        if (json.is_array()) return json.at(0).at("pkey");
    }
    throw std::runtime_error("no key among the vectors");
}

// What was expected, or nothing where the keys were taken.
std::optional<std::string> refused(Json const& json) {
    auto const text = json.dump();
    auto const keys = parse_trust_keys(base::view_of(text), "keys.json");
    if (keys) return {};
    EXPECT_EQ(keys.error().source, "keys.json");
    return keys.error().expected;
}

TEST(TrustKey, IsAJwkOrAListOfThemWithTheirPlatforms) {
    EXPECT_FALSE(refused(good()));
    auto const entry = Json{{"pkey", good()}, {"instance-id", "01ab"}, {"implementation-id", "CD"}};
    auto const text = Json::array({entry}).dump();
    auto const keys = parse_trust_keys(base::view_of(text), "keys.json");
    ASSERT_TRUE(keys);
    ASSERT_EQ(keys->size(), 1U);
    EXPECT_EQ(keys->front().instance_id, (std::vector{std::byte{0x01}, std::byte{0xab}}));
    EXPECT_EQ(keys->front().implementation_id, std::vector{std::byte{0xcd}});
    EXPECT_TRUE(looks_like_trust_keys(base::view_of(text)));
}

TEST(TrustKey, APrivateOneIsRefusedAndSoIsWhatIsNoKeyOfAKnownCurve) {
    auto const with = [](char const* name, Json const& value) {
        auto out = good();
        out[name] = value;
        return out;
    };
    EXPECT_EQ(refused(with("d", "AAAA")), "a public key");
    EXPECT_TRUE(refused(with("kty", "RSA")));
    EXPECT_TRUE(refused(with("crv", "P-224")));
    EXPECT_TRUE(refused(with("x", "AAAA")));
    EXPECT_TRUE(refused(with("y", "not base64url!")));
    // Of the right length, but no point of the curve.
    EXPECT_TRUE(refused(with("x", good().at("y"))));
}

TEST(TrustKey, ListsAndIdentifiersOfAnotherFormAreRefused) {
    for (auto const& json :
         {Json::array(),
          Json::array({1}),
          Json::array({Json::object()}),
          Json::array({{{"pkey", good()}, {"instance-id", "0"}}}),
          Json::array({{{"pkey", good()}, {"instance-id", "zz"}}}),
          Json::array({{{"pkey", good()}, {"implementation-id", ""}}}),
          Json("kty")})
        EXPECT_TRUE(refused(json)) << json;
    EXPECT_FALSE(parse_trust_keys(base::view_of("{"), "f"));
    EXPECT_FALSE(parse_trust_keys(base::view_of(std::string(2 * 1024 * 1024, ' ')), "f"));
    EXPECT_FALSE(looks_like_trust_keys(base::view_of("kty")));
    EXPECT_FALSE(looks_like_trust_keys({}));
}

} // namespace
