#include "attest/purpose.hpp"
#include "attest/testing/cases.hpp"

#include <gtest/gtest.h>

namespace {

using namespace attest;
using namespace attest::testing;

TEST(PurposeNames, EachPurposeHasANameOfItsOwnByWhichItIsFound) {
    for (auto const purpose : all_purposes) {
        EXPECT_EQ(purposes_named(name_of(purpose)), Purposes{purpose}) << name_of(purpose);
        EXPECT_EQ(text_of({purpose}), name_of(purpose));
    }
    EXPECT_EQ(purposes_named("amd"), amd_purposes);
    for (auto const* name : {"", "AMD", "amd-", "amd-rome", "intel ", "nothing", "unknown"})
        EXPECT_EQ(purposes_named(name), std::nullopt) << name;
}

TEST(PurposeNames, SeveralAreTextWithCommasAllOfAmdOneWordAndNoneNothing) {
    EXPECT_EQ(text_of(amd_purposes), "amd");
    EXPECT_EQ(text_of({Purpose::AmdTurin, Purpose::AmdMilan}), "amd-milan, amd-turin");
    EXPECT_EQ(text_of({Purpose::Arm, Purpose::Intel}), "intel, arm");
    EXPECT_EQ(text_of({}), "nothing");
}

TEST(PurposesOfProducts, EachHasItsOwn) {
    using hw::snp::Product;
    EXPECT_EQ(purpose_of(Product::Milan), Purpose::AmdMilan);
    EXPECT_EQ(purpose_of(Product::Genoa), Purpose::AmdGenoa);
    EXPECT_EQ(purpose_of(Product::Turin), Purpose::AmdTurin);
}

TEST(PurposesOfRequests, FollowFromTheTechnologyInsideAndAreNoneWhereThatCannotBeTold) {
    for (auto const& of : request_cases()) {
        SCOPED_TRACE(of.parts[0].name);
        auto const& whole = of.parts[0].bytes;
        bool const amd = of.parts[0].name.starts_with("snp/");
        EXPECT_EQ(
            purposes_of(Kind::EnarxRequest, whole), amd ? amd_purposes : Purposes{Purpose::Intel}
        );
        EXPECT_TRUE(
            purposes_of(Kind::EnarxRequest, base::View{whole}.first(whole.size() - 1)).empty()
        );
        // 1.3.6.1.4.1.58270.1.N: the last number of the extension's identifier says which it is.
        auto const identifier = unhex("2b0601040183c71e01");
        auto const at = std::ranges::search(whole, identifier);
        ASSERT_FALSE(at.empty());
        auto other = whole;
        other[static_cast<std::size_t>(at.end() - whole.begin())] = std::byte{9};
        EXPECT_TRUE(purposes_of(Kind::EnarxRequest, other).empty());
    }
    EXPECT_TRUE(purposes_of(Kind::NoHardware, {}).empty());
}

} // namespace
