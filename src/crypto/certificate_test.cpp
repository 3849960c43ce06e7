#include "crypto/certificate.hpp"
#include "crypto/name.hpp"
#include "crypto/oid.hpp"
#include "crypto/revocation_list.hpp"
#include "crypto/testing.hpp"

#include <gtest/gtest.h>

namespace {

using namespace std::chrono;
using crypto::Certificate;
using crypto::RevocationList;
using crypto::testing::read;

constexpr auto nitro_root = "roots/aws-nitro-root-g1.der"; // ECDSA P-384
constexpr auto intel_root = "roots/intel-sgx-root-ca.der"; // ECDSA P-256
constexpr auto milan_leaf = "snp/milan-v2-vcek-b.vcek.der";

TEST(Certificate, ShowsItsFieldsAsTheyCame) {
    auto const der = read(nitro_root);
    auto const certificate = Certificate::parse(der);
    ASSERT_TRUE(certificate);
    EXPECT_TRUE(base::equal(certificate->der(), der));
    EXPECT_EQ(crypto::common_name(certificate->subject()), "aws.nitro-enclaves");
    EXPECT_EQ(certificate->not_after(), sys_days(2049y / 10 / 28) + 14h + 28min + 5s);
    EXPECT_TRUE(certificate->authority().certificate_authority);
    EXPECT_TRUE(certificate->authority().may_sign_certificates);
    EXPECT_FALSE(certificate->authority().path_length);
    EXPECT_FALSE(certificate->unknown_critical());
    EXPECT_TRUE(certificate->extension(crypto::oid_basic_constraints)->critical);
}

TEST(Certificate, VerifiesUnderItsIssuersKeyAndNotUnderAnother) {
    auto const nitro = Certificate::parse(read(nitro_root));
    auto const intel = Certificate::parse(read(intel_root));
    ASSERT_TRUE(nitro && intel);
    auto const nitro_key = crypto::PublicKey::parse(nitro->public_key_info());
    auto const intel_key = crypto::PublicKey::parse(intel->public_key_info());
    ASSERT_TRUE(nitro_key && intel_key);
    EXPECT_EQ(nitro_key->kind(), crypto::KeyKind::P384);
    EXPECT_EQ(intel_key->kind(), crypto::KeyKind::P256);
    EXPECT_TRUE(nitro->signed_part().verified_by(*nitro_key));
    EXPECT_TRUE(intel->signed_part().verified_by(*intel_key));
    EXPECT_FALSE(nitro->signed_part().verified_by(*intel_key));
}

TEST(Certificate, SurvivesTheBytesItWasReadFrom) {
    auto certificate = [] {
        auto const der = read(milan_leaf);
        return Certificate::parse(der);
    }();
    ASSERT_TRUE(certificate);
    Certificate const moved = std::move(*certificate);
    // NOLINTNEXTLINE(performance-unnecessary-copy-initialization): that is what is tested
    Certificate const copy = moved;
    EXPECT_EQ(crypto::common_name(copy.issuer()), "SEV-Milan");
}

TEST(Certificate, IsRefusedWhenCutAtAnyLengthOrFollowedByAByte) {
    auto der = read(milan_leaf);
    for (std::size_t size = 0; size < der.size(); ++size)
        EXPECT_FALSE(Certificate::parse(base::View{der}.first(size))) << size;
    der.push_back(std::byte{0});
    EXPECT_FALSE(Certificate::parse(der));
}

TEST(Certificate, NoChangedBytePassesParsingAndSignature) {
    auto der = read(intel_root);
    auto const key = crypto::PublicKey::parse(Certificate::parse(der)->public_key_info());
    ASSERT_TRUE(key);
    for (auto& byte : der) {
        for (auto const mask : {std::byte{0x01}, std::byte{0x20}, std::byte{0x80}}) {
            byte ^= mask;
            auto const changed = Certificate::parse(der);
            EXPECT_FALSE(changed && changed->signed_part().verified_by(*key))
                << (&byte - der.data());
            byte ^= mask;
        }
    }
}

TEST(RevocationList, ShowsWhomItRevokesAndVerifiesUnderItsIssuersKey) {
    auto const list = RevocationList::parse(read("roots/amd-genoa-ark-crl-2022-10-31.crl.der"));
    ASSERT_TRUE(list);
    EXPECT_EQ(crypto::common_name(list->issuer()), "ARK-Genoa");
    EXPECT_EQ(list->this_update(), sys_days(2022y / 10 / 31) + 13h + 34min + 46s);
    EXPECT_EQ(list->next_update(), sys_days(2023y / 10 / 31) + 23h);
    ASSERT_EQ(list->revocations().size(), 1U);
    EXPECT_NE(list->find(crypto::testing::unhex("020001")), nullptr);
    EXPECT_EQ(list->find(crypto::testing::unhex("020002")), nullptr);
}

TEST(RevocationList, IsRefusedWhenCutAtAnyLengthOrFollowedByAByte) {
    auto der = read("roots/amd-genoa-ark-crl-2022-10-31.crl.der");
    for (std::size_t size = 0; size < der.size(); ++size)
        EXPECT_FALSE(RevocationList::parse(base::View{der}.first(size))) << size;
    der.push_back(std::byte{0});
    EXPECT_FALSE(RevocationList::parse(der));
}

TEST(PublicKey, FromAPointIsTheKeyOfTheCertificateAndRefusesAPointOffTheCurve) {
    auto const certificate = Certificate::parse(read(intel_root));
    ASSERT_TRUE(certificate);
    auto const info = certificate->public_key_info();
    std::vector<std::byte> point(info.end() - 64, info.end());
    auto const key = crypto::PublicKey::from_point(crypto::KeyKind::P256, point);
    ASSERT_TRUE(key);
    EXPECT_TRUE(certificate->signed_part().verified_by(*key));
    point.back() ^= std::byte{1};
    EXPECT_FALSE(crypto::PublicKey::from_point(crypto::KeyKind::P256, point));
    EXPECT_FALSE(crypto::PublicKey::from_point(crypto::KeyKind::P384, point));
}

TEST(PublicKey, IsRefusedWithAByteBehindIt) {
    auto const certificate = Certificate::parse(read(intel_root));
    ASSERT_TRUE(certificate);
    auto const info = certificate->public_key_info();
    std::vector<std::byte> longer(info.begin(), info.end());
    EXPECT_TRUE(crypto::PublicKey::parse(longer));
    longer.push_back(std::byte{0});
    EXPECT_FALSE(crypto::PublicKey::parse(longer));
}

TEST(Name, WithTwoCommonNamesHasNone) {
    // SEQUENCE { SET { SEQUENCE { commonName, "a" } } SET { SEQUENCE { commonName, "b" } } }
    auto const name =
        crypto::testing::unhex("3018310a300806035504030c0161310a300806035504030c0162");
    EXPECT_FALSE(crypto::common_name(name));
}

} // namespace
