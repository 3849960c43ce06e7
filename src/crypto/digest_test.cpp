#include "crypto/digest.hpp"
#include "crypto/testing.hpp"

#include <gtest/gtest.h>

namespace {

using crypto::testing::unhex;

// FIPS 180-4, the examples for "abc".
TEST(Digest, IsThatOfTheStandardsExample) {
    auto const abc = base::view_of("abc");
    EXPECT_TRUE(
        base::equal(
            crypto::sha256(abc),
            unhex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        )
    );
    EXPECT_TRUE(
        base::equal(
            crypto::sha384(abc),
            unhex(
                "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358"
                "baeca134c825a7"
            )
        )
    );
    EXPECT_TRUE(
        base::equal(
            crypto::sha512(abc),
            unhex(
                "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
            )
        )
    );
}

TEST(Digest, OfPiecesIsThatOfTheWholeAndThatOfAPrefixDoesNotEndIt) {
    crypto::Sha256 small;
    crypto::Sha384 large;
    small.add(base::view_of("a"));
    large.add(base::view_of("a"));
    EXPECT_EQ(small.digest(), crypto::sha256(base::view_of("a")));
    EXPECT_EQ(large.digest(), crypto::sha384(base::view_of("a")));
    EXPECT_EQ(small.add(base::view_of("bc")).digest(), crypto::sha256(base::view_of("abc")));
    EXPECT_EQ(large.add(base::view_of("bc")).digest(), crypto::sha384(base::view_of("abc")));
}

} // namespace
