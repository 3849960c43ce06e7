#include "crypto/der.hpp"
#include "crypto/oid.hpp"
#include "crypto/testing.hpp"

#include <gtest/gtest.h>

namespace {

using crypto::DerReader;
using crypto::Tag;
using crypto::testing::unhex;

// Whether the bytes are one element.
bool one_element(std::string_view hex) {
    auto const bytes = unhex(hex);
    DerReader in{bytes};
    return in.next() && in.empty();
}

TEST(Der, TakesDefiniteShortestLengthsOnly) {
    EXPECT_TRUE(one_element("0400"));
    EXPECT_TRUE(one_element("040100"));
    EXPECT_FALSE(one_element("04810100"));   // long form for a short length
    EXPECT_FALSE(one_element("0482000100")); // leading zero
    EXPECT_FALSE(one_element("30800000"));   // indefinite
    EXPECT_FALSE(one_element("0402ff"));     // more than there is
    EXPECT_FALSE(one_element("1f1f00"));     // a tag above 30
    EXPECT_FALSE(one_element("04"));
    EXPECT_FALSE(one_element(""));
}

TEST(Der, NamesTheOffsetInTheOutermostBytesWhereItWentWrong) {
    auto const bytes = unhex("3006020105020205"); // the second integer is cut off
    DerReader outer{bytes};
    auto fields = outer.enter(Tag::Sequence, "a list");
    ASSERT_TRUE(fields);
    ASSERT_TRUE(fields->unsigned_integer("a number"));
    auto const second = fields->unsigned_integer("another number");
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().offset, 5U);
    EXPECT_EQ(second.error().what, "another number");
}

TEST(Der, ReadsNumbersInShortestFormBelowTwoToThe64) {
    auto const read = [](std::string_view hex) {
        auto const bytes = unhex(hex);
        DerReader in{bytes};
        return in.unsigned_integer("a number");
    };
    EXPECT_EQ(read("020100").value(), 0U);
    EXPECT_EQ(read("020200d9").value(), 0xd9U);
    EXPECT_EQ(read("020900ffffffffffffffff").value(), ~0ULL);
    EXPECT_FALSE(read("02020001"));               // a zero too much
    EXPECT_FALSE(read("0201ff"));                 // negative
    EXPECT_FALSE(read("0209010000000000000000")); // too large
    EXPECT_FALSE(read("0200"));
}

TEST(Der, RefusesBitStringsOfBrokenBytes) {
    auto const whole = unhex("03020041");
    auto const broken = unhex("03020140");
    DerReader a{whole};
    DerReader b{broken};
    EXPECT_EQ(a.bit_string("bits").value().size(), 1U);
    EXPECT_FALSE(b.bit_string("bits"));
}

TEST(Der, ReadsTimesInTheProfileOfCertificatesOnly) {
    auto const read = [](char tag, std::string const& text) {
        std::string const bytes = std::string(1, tag) + char(text.size()) + text;
        DerReader in{base::view_of(bytes)};
        return in.time("a time");
    };
    using namespace std::chrono;
    EXPECT_EQ(read(0x17, "230403192343Z").value(), sys_days(2023y / 4 / 3) + 19h + 23min + 43s);
    EXPECT_EQ(read(0x17, "500101000000Z").value(), sys_days(1950y / 1 / 1));
    EXPECT_EQ(read(0x18, "20491231235959Z").value(), sys_days(2049y / 12 / 31) + 23h + 59min + 59s);
    for (auto const* bad :
         {"230403192343",
          "2304031923Z",
          "230403192343+0000",
          "230431192343Z",
          "230403242343Z",
          "23040319234aZ",
          "230403192343z",
          ""})
        EXPECT_FALSE(read(0x17, bad)) << bad;
    EXPECT_FALSE(read(0x18, "20230403192343.5Z"));
    EXPECT_FALSE(read(0x04, "230403192343Z"));
}

TEST(Oid, IsEncodedAsDerHasIt) {
    EXPECT_TRUE(base::equal(crypto::oid_bytes<2, 5, 29, 19>, unhex("551d13")));
    EXPECT_TRUE(
        base::equal(crypto::oid_bytes<1, 3, 6, 1, 4, 1, 3704, 1, 4>, unhex("2b060104019c780104"))
    );
}

} // namespace
