#include "crypto/sha384_lanes.hpp"
#include "crypto/sha384_pages.hpp"

#include <algorithm>

#include <gtest/gtest.h>

namespace {

using crypto::measured_page;
using Bytes = std::vector<std::byte>;

// Not two pages alike.
Bytes text(std::size_t size) {
    Bytes out(size);
    std::uint64_t state = size;
    for (auto& byte : out) {
        state = state * 6364136223846793005U + 1442695040888963407U;
        byte = std::byte(state >> 56);
    }
    return out;
}

TEST(Sha384Pages, AreTheDigestsOfThePagesOneByOne) {
    for (std::size_t const pages : {0U, 1U, 7U, 8U, 9U, 16U, 23U})
        for (std::size_t const more : {0U, 1U, 4095U}) {
            auto const bytes = text(pages * measured_page + more);
            auto const digests = crypto::sha384_of_pages(bytes);
            ASSERT_EQ(digests.size(), pages + (more > 0 ? 1 : 0));
            for (std::size_t i = 0; i < digests.size(); ++i) {
                Bytes page(measured_page);
                auto const from = i * measured_page;
                auto const size = std::min(measured_page, bytes.size() - from);
                std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(from), size, page.begin());
                EXPECT_EQ(digests[i], crypto::sha384(page)) << pages << ' ' << more << ' ' << i;
            }
        }
}

TEST(Sha384Lanes, AreTheDigestsOfMessagesOfAnyWholeNumberOfBlocks) {
    if (!crypto::lanes::offered()) GTEST_SKIP() << "this processor has no AVX-512";
    for (std::size_t const size : {128U, 256U, 4096U, 65536U}) {
        auto const bytes = text(crypto::lanes::count * size);
        auto const digests = crypto::lanes::sha384(bytes, size);
        for (std::size_t i = 0; i < digests.size(); ++i)
            EXPECT_EQ(digests[i], crypto::sha384(base::View{bytes}.subspan(i * size, size)));
    }
}

} // namespace
