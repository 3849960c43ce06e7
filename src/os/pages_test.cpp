#include "os/pages.hpp"

#include <algorithm>
#include <cstdint>

#include <gtest/gtest.h>
#include <sys/mman.h>

namespace os {
namespace {

constexpr std::size_t size = 2 << 20;

TEST(Pages, are_aligned_and_zeroed) {
    for (int i = 0; i < 4; ++i) {
        auto const pages = Pages::create(size, size);
        ASSERT_TRUE(pages);
        EXPECT_EQ(pages->bytes().size(), size);
        EXPECT_EQ(reinterpret_cast<std::uintptr_t>(pages->bytes().data()) % size, 0);
        EXPECT_TRUE(std::ranges::all_of(pages->bytes(), [](auto b) { return b == std::byte{0}; }));
    }
}

TEST(Pages, are_unmapped_when_their_owner_goes) {
    void* at = nullptr;
    {
        auto pages = *Pages::create(size, size);
        pages.prefer_huge();
        at = pages.bytes().data();
        EXPECT_EQ(::msync(at, size, MS_ASYNC), 0);
    }
    EXPECT_NE(::msync(at, size, MS_ASYNC), 0);
}

TEST(Pages, say_when_there_is_no_room) {
    auto const pages = Pages::create(1ULL << 50, size);
    ASSERT_FALSE(pages);
    EXPECT_EQ(pages.error(), base::Errno::NoMem);
}

} // namespace
} // namespace os
