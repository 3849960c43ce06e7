// No certificate says or lasts more than its issuer, its deployment and what vouches for the Keep.

#include "crypto/name.hpp"
#include "crypto/p256_signing_key.hpp"
#include "crypto/pem.hpp"
#include "crypto/revocation_list.hpp"
#include "service/ca/authority.hpp"
#include "service/ca/names.hpp"

#include <gmock/gmock.h>

namespace service {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::sys_seconds now{1'796'000'000s};

struct TestAuthority : testing::Test {
    NewAuthority files = *new_authority("steward.example", now);
    Authority authority = *Authority::load(
        base::view_of(files.root),
        base::view_of(files.intermediate),
        files.intermediate_key.view(),
        now
    );
    crypto::P256SigningKey key = *crypto::P256SigningKey::generate();
    std::vector<std::byte> identity_key = key.public_key();

    LeafWish wish() const {
        return {
            .identity_key = identity_key,
            .keep = std::string(64, 'a'),
            .dns_names = {"api.shop.com", "api.example"},
            .spiffe_id = spiffe_id("example", "shop/api"),
            .deployment_ends = {},
            .hardware = true,
            .ear = "a.b.c"
        };
    }
    crypto::Certificate issue(LeafWish const& leaf) const {
        return *crypto::Certificate::parse(authority.issue(leaf, now)->der);
    }
    static std::string text(crypto::Certificate const& certificate) {
        return std::string{base::text_of(certificate.der())};
    }
};

TEST_F(TestAuthority, IssuesForADayBelowItsIntermediate) {
    auto const leaf = issue(wish());
    EXPECT_EQ(leaf.not_after(), now + 24h);
    EXPECT_TRUE(base::equal(leaf.issuer(), authority.intermediate().subject()));
    auto const issuer = *crypto::PublicKey::parse(authority.intermediate().public_key_info());
    EXPECT_TRUE(leaf.signed_part().verified_by(issuer));
    EXPECT_THAT(text(leaf), testing::HasSubstr("api.shop.com"));
    EXPECT_THAT(text(leaf), testing::HasSubstr("spiffe://example/shop/api"));
    EXPECT_THAT(text(leaf), testing::Not(testing::HasSubstr("NO HARDWARE")));
}

TEST_F(TestAuthority, SaysThatNothingProtectsAndThenBearsNoRealName) {
    auto plain = wish();
    plain.hardware = false;
    auto const leaf = issue(plain);
    EXPECT_THAT(crypto::name_text(leaf.subject()), testing::HasSubstr("OU=NO HARDWARE PROTECTION"));
    EXPECT_THAT(text(leaf), testing::HasSubstr("api.example"));
    EXPECT_THAT(text(leaf), testing::Not(testing::HasSubstr("api.shop.com")));
}

TEST_F(TestAuthority, CertificateOutlivesNeitherDeploymentNorIssuer) {
    auto ending = wish();
    ending.deployment_ends = now + 3h;
    EXPECT_EQ(issue(ending).not_after(), now + 3h);
    ending.deployment_ends = now;
    EXPECT_EQ(authority.issue(ending, now).error().name, "ca-expired");
    auto const late = authority.intermediate().not_after() - 1h;
    EXPECT_EQ(authority.issue(wish(), late)->not_after, authority.intermediate().not_after());
}

TEST_F(TestAuthority, IsRefusedWithAnotherKeyOrAnotherRoot) {
    auto const other = *new_authority("steward.example", now);
    auto const load = [](std::string const& root, std::string const& middle, base::View key) {
        return Authority::load(base::view_of(root), base::view_of(middle), key, now);
    };
    EXPECT_EQ(
        load(files.root, files.intermediate, other.intermediate_key.view()).error().name,
        "ca-unusable"
    );
    EXPECT_EQ(
        load(other.root, files.intermediate, files.intermediate_key.view()).error().name,
        "ca-unusable"
    );
    EXPECT_FALSE(load("", "", {}));
    EXPECT_EQ(
        Authority::load(
            base::view_of(files.root),
            base::view_of(files.intermediate),
            files.intermediate_key.view(),
            now + std::chrono::days{400}
        )
            .error()
            .name,
        "ca-expired"
    );
}

TEST(Names, OfATenantAreExactOrOneLabelBelow) {
    std::vector<std::string> const given{"api.shop.com", "*.shop.example"};
    EXPECT_TRUE(admits(given, "api.shop.com"));
    EXPECT_TRUE(admits(given, "a.shop.example"));
    for (auto const* name :
         {"shop.example",
          "a.b.shop.example",
          "*.shop.example",
          "API.shop.com",
          "api.shop.com.",
          ""})
        EXPECT_FALSE(admits(given, name)) << name;
}

TEST(Names, ForTestsAreReservedOnes) {
    EXPECT_TRUE(is_for_tests("a.example"));
    EXPECT_TRUE(is_for_tests("localhost"));
    EXPECT_FALSE(is_for_tests("example.com"));
    EXPECT_FALSE(is_for_tests("a.notexample"));
}

TEST(Names, OfDeploymentsThatGoSomewhereElseAreNoPath) {
    EXPECT_TRUE(is_spiffe_path("shop/api-1.2"));
    for (auto const* name : {"", "/shop", "shop/", "a//b", "../b", "a/./b"})
        EXPECT_FALSE(is_spiffe_path(name)) << name;
}

} // namespace
} // namespace service
