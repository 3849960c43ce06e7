#include "base/hex.hpp"
#include "crypto/digest.hpp"
#include "keep/shim/program/program_file.hpp"

#include <random>

#include <gtest/gtest.h>

namespace shim {
namespace {

using protocol::program::Digest;
using protocol::program::Page;

// Both ways that this machine has; the second is the first where the CPU has no instructions for
// it.
constexpr PageDigest plain;
PageDigest const quick = PageDigest::create();

TEST(PageDigestTest, of_a_page_of_zeros_is_the_published_one) {
    Digest const published = [] {
        constexpr std::string_view hex =
            "ad7facb2586fc6e966c004d7d1d16b024f5805ff7cb47c7a85dabd8b48892ca7";
        Digest digest{};
        EXPECT_TRUE(base::unhex(hex, digest));
        return digest;
    }();
    EXPECT_EQ(plain.of({}), published);
    EXPECT_EQ(quick.of({}), published);
}

TEST(PageDigestTest, of_any_page_is_its_sha_256) {
    std::mt19937_64 random{4};
    for (int round = 0; round < 200; ++round) {
        Page page;
        for (auto& byte : page) byte = static_cast<std::byte>(random());
        auto const expected = crypto::sha256(page);
        EXPECT_EQ(plain.of(page), expected) << round;
        EXPECT_EQ(quick.of(page), expected) << round;
    }
}

} // namespace
} // namespace shim
