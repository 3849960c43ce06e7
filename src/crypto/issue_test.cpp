#include "crypto/certificate.hpp"
#include "crypto/issue.hpp"
#include "crypto/name.hpp"
#include "crypto/p256_signing_key.hpp"
#include "crypto/revocation_list.hpp"

#include <gtest/gtest.h>

namespace {

using namespace crypto;
using namespace std::chrono_literals;

constexpr std::chrono::sys_seconds now{1'796'000'000s};

struct Issue : testing::Test {
    OwnP384Signer root_key{*P384SigningKey::generate()};
    OwnP384Signer middle_key{*P384SigningKey::generate()};
    P256SigningKey leaf_key = *P256SigningKey::generate();
    Issuer root{.name = name_of("Root"), .key = root_key};
    Issuer middle{.name = name_of("Middle"), .key = middle_key};

    Certificate certificate(Issuer const& issuer, CertificateWish const& wish) const {
        return *Certificate::parse(*issue_certificate(issuer, wish));
    }
    CertificateWish leaf() const {
        return {
            .serial = *fresh_serial(),
            .subject = name_of("keep", "UNIT"),
            .public_key = leaf_key.public_key(),
            .not_before = now,
            .not_after = now + 24h,
            .dns_names = {"api.example"},
            .uris = {"spiffe://example/shop/api"},
            .list_url = "https://steward.example/pki/crl.der",
        };
    }
};

TEST_F(Issue, CertificateIsReadBackStrictly) {
    auto const wish = leaf();
    auto const made = certificate(middle, wish);
    EXPECT_TRUE(base::equal(made.serial(), wish.serial));
    EXPECT_TRUE(base::equal(made.issuer(), middle.name));
    EXPECT_TRUE(base::equal(made.public_key_info(), wish.public_key));
    EXPECT_EQ(made.not_before(), now);
    EXPECT_EQ(made.not_after(), now + 24h);
    EXPECT_EQ(name_text(made.subject()), "CN=keep,OU=UNIT");
    EXPECT_FALSE(made.authority().certificate_authority);
    EXPECT_FALSE(made.authority().may_sign_certificates);
    EXPECT_TRUE(made.authority().may_sign_data);
    EXPECT_EQ(made.unknown_critical(), nullptr);
}

TEST_F(Issue, SignatureIsTheIssuersAndNobodyElses) {
    auto const made = certificate(middle, leaf());
    auto const issuer = *PublicKey::parse(middle_key.public_key());
    auto const other = *PublicKey::parse(root_key.public_key());
    EXPECT_TRUE(made.signed_part().verified_by(issuer));
    EXPECT_FALSE(made.signed_part().verified_by(other));
}

TEST_F(Issue, AuthoritySignsCertificatesAndListsButNoData) {
    auto wish = leaf();
    wish.authorities_below = 0;
    auto const made = certificate(root, wish);
    EXPECT_TRUE(made.authority().certificate_authority);
    EXPECT_EQ(made.authority().path_length, 0U);
    EXPECT_TRUE(made.authority().may_sign_certificates);
    EXPECT_TRUE(made.authority().may_sign_lists);
    EXPECT_FALSE(made.authority().may_sign_data);
}

TEST_F(Issue, ListNamesTheRevokedOnes) {
    auto const gone = *fresh_serial();
    ListWish const wish{
        .number = 300, .this_update = now, .next_update = now + 24h, .revoked = {{gone, now - 1h}}
    };
    auto const list = *RevocationList::parse(*issue_list(middle, wish));
    ASSERT_NE(list.find(gone), nullptr);
    EXPECT_EQ(list.find(gone)->date, now - 1h);
    EXPECT_EQ(list.find(*fresh_serial()), nullptr);
    EXPECT_EQ(list.next_update(), now + 24h);
    EXPECT_TRUE(list.signed_part().verified_by(*PublicKey::parse(middle_key.public_key())));
}

TEST_F(Issue, ListMayBeEmpty) {
    auto const list = RevocationList::parse(*issue_list(
        middle, {.number = 0, .this_update = now, .next_update = now + 24h, .revoked = {}}
    ));
    ASSERT_TRUE(list);
    EXPECT_TRUE(list->revocations().empty());
}

TEST_F(Issue, TimesBehind2049HaveFourDigitsOfTheYear) {
    auto wish = leaf();
    wish.not_after = std::chrono::sys_days{std::chrono::year{2050} / 1 / 1} + 1s;
    EXPECT_EQ(certificate(middle, wish).not_after(), wish.not_after);
}

TEST_F(Issue, SerialsDifferAndArePositive) {
    auto const one = *fresh_serial();
    EXPECT_NE(one, *fresh_serial());
    EXPECT_EQ(one[0] & std::byte{0xc0}, std::byte{0x40});
}

} // namespace
