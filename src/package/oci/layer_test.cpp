#include "base/hex.hpp"
#include "package/oci/layer.hpp"

#include <set>

#include <gtest/gtest.h>

namespace package::oci {
namespace {

TEST(Layer, has_data_of_its_package_and_its_place) {
    PackageId id{};
    id.fill(std::byte{0xab});
    auto const data = layer_data(id, 0x01020304);
    EXPECT_EQ(base::text_of(base::View{data}.first(14)), "enarx/v1/layer");
    EXPECT_EQ(base::hex(base::View{data}.last(4)), "01020304");
    EXPECT_EQ(data.size(), 14U + 32 + 4);
    EXPECT_NE(layer_data(id, 0), layer_data(id, 1));
}

TEST(Layer, is_committed_to_one_key_and_one_package) {
    PackageId id{};
    std::vector<std::byte> key(package_key_size, std::byte{1});
    auto const one = *commitment(key, id);
    // python3: hkdf(b"\1" * 32, salt = 32 zeros, info = "enarx/v1/commit")
    EXPECT_EQ(base::hex(one), "ebb604e8842798cd8ee3024b7892d2503a18987893874541b2e900dc81301090");
    id[0] = std::byte{1};
    EXPECT_NE(*commitment(key, id), one);
    key[0] = std::byte{2};
    id[0] = std::byte{0};
    EXPECT_NE(*commitment(key, id), one);
    key.pop_back();
    EXPECT_FALSE(commitment(key, id));
}

TEST(Layer, is_padded_to_few_sizes_and_by_little) {
    std::set<std::uint64_t> sizes;
    for (std::uint64_t size = 1024; size < (1U << 20); size += 512) {
        auto const padded = padded_size(size);
        EXPECT_GE(padded, size);
        EXPECT_LE(padded * 100, size * 112);
        EXPECT_EQ(padded_size(padded), padded);
        sizes.insert(padded);
    }
    EXPECT_LT(sizes.size(), 200U) << "of 2046";
    EXPECT_EQ(padded_size(9), 10U); // the paper's example
    EXPECT_EQ(padded_size(0), 0U);
}

} // namespace
} // namespace package::oci
