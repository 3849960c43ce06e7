#include "keep/exec/net/record_source.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace exec::net {
namespace {

// The sizes of the pieces, after a check that they are the buffers' bytes in their order.
std::vector<std::size_t> pieces(std::vector<std::string> const& buffers, std::size_t records) {
    std::vector<std::span<std::byte const>> in;
    std::string all;
    for (auto const& buffer : buffers) {
        in.push_back(std::as_bytes(std::span{buffer}));
        all += buffer;
    }
    std::vector<std::size_t> sizes;
    std::string seen;
    for (RecordSource source{in}; !source.done();) {
        auto const piece = source.next(records);
        sizes.push_back(piece.size());
        for (auto const byte : piece) seen += static_cast<char>(byte);
    }
    EXPECT_EQ(seen, all);
    return sizes;
}

using Sizes = std::vector<std::size_t>;

TEST(RecordSource, gathers_small_buffers_into_one_record) {
    EXPECT_EQ(pieces({"head", "", "er", "body"}, 1), Sizes{10});
}

TEST(RecordSource, cuts_a_big_buffer_at_full_records) {
    EXPECT_EQ(pieces({std::string(40'000, 'x')}, 1), (Sizes{16'384, 16'384, 7'232}));
    EXPECT_EQ(pieces({std::string(70'000, 'x')}, 4), (Sizes{65'536, 4'464}));
}

TEST(RecordSource, fills_records_across_buffers) {
    EXPECT_EQ(pieces({std::string(16'000, 'a'), std::string(1'000, 'b')}, 1), (Sizes{16'384, 616}));
    EXPECT_EQ(pieces({std::string(20'000, 'a'), "b"}, 1), (Sizes{16'384, 3'617}));
}

TEST(RecordSource, has_nothing_to_give_for_empty_buffers) {
    EXPECT_EQ(pieces({}, 1), Sizes{});
    EXPECT_EQ(pieces({"", ""}, 1), Sizes{});
}

} // namespace
} // namespace exec::net
