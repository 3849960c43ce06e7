#include "package/oci/blobs.hpp"

#include <algorithm>
#include <functional>

#include <gtest/gtest.h>

namespace package::oci {
namespace {

using Bytes = std::vector<std::byte>;

// Gives what the test wants it to.
class Source : public Blobs {
public:
    Bytes read(std::string const&, std::uint64_t offset, std::size_t most) override {
        return give(offset, most);
    }
    std::function<Bytes(std::uint64_t, std::size_t)> give;
};

struct Blob : testing::Test {
    Bytes bytes = [] {
        Bytes out(1000);
        for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<std::byte>(i * 7);
        return out;
    }();
    std::string digest = digest_text(crypto::sha256(bytes));
    Source source;

    // At most so many at once.
    void in_pieces_of(std::size_t piece) {
        source.give = [this, piece](std::uint64_t offset, std::size_t most) {
            auto const begin = bytes.begin() + static_cast<long>(offset);
            return Bytes{begin, begin + static_cast<long>(std::min(most, piece))};
        };
    }
    Stream stream() { return Stream{source, digest, bytes.size()}; }
};

TEST_F(Blob, is_taken_whole_however_it_comes) {
    for (std::size_t const piece : {1U, 7U, 999U, 1000U, 5000U}) {
        in_pieces_of(piece);
        auto all = stream();
        auto const first = all.take(300);
        ASSERT_TRUE(first);
        EXPECT_TRUE(std::ranges::equal(*first, base::View{bytes}.first(300)));
        EXPECT_EQ(all.left(), 700U);
        auto const rest = all.take(5000); // only what is left of it
        ASSERT_TRUE(rest);
        EXPECT_TRUE(std::ranges::equal(*rest, base::View{bytes}.subspan(300)));
        EXPECT_EQ(all.left(), 0U);
        EXPECT_TRUE(all.finish()) << piece;
    }
}

TEST_F(Blob, that_was_not_taken_to_its_end_is_not_believed) {
    in_pieces_of(1000);
    auto part = stream();
    ASSERT_TRUE(part.take(999));
    EXPECT_EQ(part.finish().error().name, "package-damaged");
}

TEST_F(Blob, of_which_any_byte_is_another_is_not_believed) {
    for (std::size_t at = 0; at < bytes.size(); at += 37) {
        in_pieces_of(100);
        auto all = stream();
        bytes[at] ^= std::byte{1};
        ASSERT_TRUE(all.take(bytes.size()));
        EXPECT_EQ(all.finish().error().name, "package-damaged") << at;
        bytes[at] ^= std::byte{1};
    }
}

TEST_F(Blob, that_ends_early_is_missing) {
    source.give = [this](std::uint64_t offset, std::size_t) {
        return offset == 0 ? Bytes{bytes.begin(), bytes.begin() + 10} : Bytes{};
    };
    EXPECT_EQ(stream().take(11).error().name, "package-missing");
}

TEST_F(Blob, of_which_more_comes_than_was_asked_for_is_damaged) {
    source.give = [](std::uint64_t, std::size_t most) { return Bytes(most + 1); };
    EXPECT_EQ(stream().take(10).error().name, "package-damaged");
}

} // namespace
} // namespace package::oci
