// What Tink sealed opens, and nothing that was cut, exchanged, doubled or changed.

#include "crypto/segments.hpp"
#include "crypto/testing.hpp"

#include <sstream>

#include <gtest/gtest.h>

namespace crypto {
namespace {

using Bytes = std::vector<std::byte>;

Bytes const key(32, std::byte{1});
Bytes const associated(40, std::byte{2});

Bytes text_of(std::size_t size) {
    Bytes out(size);
    for (std::size_t i = 0; i < size; ++i) out[i] = std::byte(i * 7 + (i >> 8));
    return out;
}

Bytes sealed(base::View text) {
    auto const cipher = *Segments::fresh(key, associated);
    Bytes out(Segments::sealed_size(text.size()));
    std::ranges::copy(cipher.header(), out.begin());
    auto const count = Segments::count_of(out.size());
    std::size_t at = 0;
    for (std::uint32_t n = 0; n < count; ++n) {
        auto const size = std::min(Segments::text_size(n), text.size() - at);
        auto const to = std::span{out}.subspan(Segments::offset_of(n), size + Segments::tag_size);
        EXPECT_TRUE(cipher.seal(n, n + 1 == count, text.subspan(at, size), to));
        at += size;
    }
    EXPECT_EQ(at, text.size());
    return out;
}

// The text, or nothing.
std::optional<Bytes> opened(base::View bytes, base::View with, base::View data) {
    if (bytes.size() < Segments::header_size) return {};
    base::Bytes<Segments::header_size> header{};
    std::ranges::copy(bytes.first<Segments::header_size>(), header.begin());
    auto const cipher = Segments::of(with, data, header);
    auto const size = Segments::text_size_of(bytes.size());
    if (!cipher || !size) return {};
    Bytes out(*size);
    auto const count = Segments::count_of(bytes.size());
    std::size_t at = 0;
    for (std::uint32_t n = 0; n < count; ++n) {
        auto const begin = Segments::offset_of(n);
        auto const end = std::min<std::uint64_t>(Segments::offset_of(n + 1), bytes.size());
        auto const text = std::span{out}.subspan(at, end - begin - Segments::tag_size);
        if (!cipher->open(n, n + 1 == count, bytes.subspan(begin, end - begin), text)) return {};
        at += text.size();
    }
    return out;
}

std::array<std::size_t, 10> const sizes{
    0,
    1,
    1000,
    1048519,
    1048520,
    1048521,
    1048520 + 1048559,
    1048520 + 1048560,
    1048520 + 1048561,
    3000000
};

TEST(Segments, open_as_they_were_sealed_whatever_the_size) {
    for (auto const size : sizes) {
        auto const text = text_of(size);
        auto const bytes = sealed(text);
        EXPECT_EQ(Segments::text_size_of(bytes.size()), size);
        EXPECT_EQ(opened(bytes, key, associated), text) << size;
    }
    // What 200 MiB take more, as Tink has it.
    EXPECT_EQ(Segments::sealed_size(209715200) - 209715200, 3256U);
}

TEST(Segments, of_tink_open) {
    auto const file = testing::read("segments/tink.txt");
    std::istringstream lines{std::string{base::text_of(file)}};
    int tried = 0;
    for (std::string with, data, size, sealed; lines >> with >> data >> size >> sealed;) {
        auto const bytes = testing::unhex(sealed);
        auto const text = opened(bytes, testing::unhex(with), base::view_of(data));
        ASSERT_TRUE(text) << size;
        EXPECT_EQ(*text, text_of(std::stoul(size)));
        ++tried;
    }
    EXPECT_EQ(tried, 3);
}

TEST(Segments, do_not_open_with_another_key_or_other_associated_data) {
    auto const bytes = sealed(text_of(1000));
    EXPECT_FALSE(opened(bytes, Bytes(32), associated));
    EXPECT_FALSE(opened(bytes, key, Bytes(40)));
    EXPECT_FALSE(opened(bytes, Bytes(16), associated));
}

TEST(Segments, do_not_open_where_a_bit_is_changed) {
    auto const bytes = sealed(text_of(2000));
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        auto changed = bytes;
        changed[at] ^= std::byte{4};
        EXPECT_FALSE(opened(changed, key, associated)) << at;
    }
}

TEST(Segments, do_not_open_cut_exchanged_doubled_or_of_another_text) {
    auto const bytes = sealed(text_of(3000000));
    auto const part = [&](std::uint32_t n) {
        auto const end = std::min<std::uint64_t>(Segments::offset_of(n + 1), bytes.size());
        return base::View{bytes}.subspan(Segments::offset_of(n), end - Segments::offset_of(n));
    };
    for (std::uint32_t n = 0; n < 3; ++n)
        EXPECT_FALSE(opened(base::View{bytes}.first(Segments::offset_of(n)), key, associated)) << n;
    EXPECT_FALSE(opened(base::View{bytes}.first(bytes.size() - 1), key, associated));

    Bytes doubled{bytes.begin(), bytes.begin() + 2 * Segments::segment_size};
    doubled.insert(doubled.end(), part(1).begin(), part(1).end());
    doubled.insert(doubled.end(), part(2).begin(), part(2).end());
    EXPECT_FALSE(opened(doubled, key, associated));

    auto exchanged = sealed(text_of(4000000));
    auto const second = Bytes(
        exchanged.begin() + Segments::segment_size, exchanged.begin() + 2 * Segments::segment_size
    );
    std::copy_n(
        exchanged.begin() + 2 * Segments::segment_size,
        Segments::segment_size,
        exchanged.begin() + Segments::segment_size
    );
    std::ranges::copy(second, exchanged.begin() + 2 * Segments::segment_size);
    EXPECT_FALSE(opened(exchanged, key, associated));

    auto other = sealed(text_of(3000000));
    std::ranges::copy(part(1), other.begin() + Segments::segment_size);
    EXPECT_FALSE(opened(other, key, associated)) << "the same key, another salt";
}

TEST(Segments, have_sizes_that_no_cut_text_has) {
    for (std::uint64_t const size : {0, 1, 40, 55, (1 << 20) + 1, (1 << 20) + 15})
        EXPECT_FALSE(Segments::text_size_of(size)) << size;
    EXPECT_EQ(Segments::text_size_of(56), 0U);
    EXPECT_FALSE(Segments::text_size_of(~0ULL));
}

} // namespace
} // namespace crypto
