#include "attest/cose/sign1.hpp"
#include "attest/testing/vectors.hpp"

#include <gtest/gtest.h>

namespace {

using namespace attest;
using attest::testing::unhex;
using attest::testing::Vectors;
using cose::Sign1;

// Array of four; protected header {1: -7}; {}; payload 01; signature 02.
constexpr auto good = "8443a10126a041014102";

struct Row {
    char const* hex;
    std::size_t offset;
    std::string_view what;
};

TEST(Sign1, IsTakenApartWithAndWithoutItsTag) {
    for (auto const* tag : {"", "d2"}) {
        auto const bytes = unhex(std::string(tag) + good);
        auto const parsed = Sign1::parse(bytes);
        ASSERT_TRUE(parsed) << tag;
        EXPECT_EQ(parsed->algorithm(), cose::Algorithm::Es256);
        EXPECT_TRUE(base::equal(parsed->payload(), unhex("01")));
    }
}

TEST(Sign1, WhatHasAnotherFormIsRefusedWhereItDiffers) {
    for (auto const& row : {
             Row{"d18443a10126a041014102", 1, "tag 18, COSE_Sign1"},
             Row{"8343a10126a04101", 1, "an array of four: COSE_Sign1"},
             Row{"a0", 0, "an array of four: COSE_Sign1"},
             Row{"84a0a041014102", 1, "a byte string: the protected header"},
             Row{"8440a041014102", 2, "a protected header of the algorithm alone"},
             Row{"8441a0a041014102", 3, "a protected header of the algorithm alone"},
             Row{"8443a10226a041014102", 5, "a protected header of the algorithm alone"},
             Row{"8444a1012600a041014102", 6, "a protected header of the algorithm alone"},
             Row{"8443a10126a1010041014102", 6, "an empty unprotected header"},
             Row{"8443a10126a0f64102", 6, "a byte string: the payload"},
             Row{"8443a10126a04101f6", 8, "a byte string: the signature"},
             Row{"8443a10126a04101410200", 10, "nothing behind COSE_Sign1"},
         }) {
        SCOPED_TRACE(row.hex);
        auto const bytes = unhex(row.hex);
        auto const parsed = Sign1::parse(bytes);
        ASSERT_FALSE(parsed);
        EXPECT_EQ(parsed.error().what, row.what);
        EXPECT_EQ(parsed.error().offset, row.offset);
    }
}

TEST(Sign1, ASignatureOfAnotherLengthOrCurveOrOfAnUnknownAlgorithmDoesNotVerify) {
    Endorsements endorsements;
    for (auto const& vector : Vectors::instance().of_kind("intel-root"))
        attest::testing::add(endorsements, vector.path);
    auto const info = endorsements.certificates()[0].value.public_key_info();
    auto const key = crypto::PublicKey::parse(info).value(); // P-256
    for (auto const* hex : {good, "8443a10138a041014102", "8444a1013822a041014102"}) {
        auto const bytes = unhex(hex);
        auto const parsed = Sign1::parse(bytes);
        if (parsed) EXPECT_FALSE(parsed->verified_by(key)) << hex;
    }
}

} // namespace
