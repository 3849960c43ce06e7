// A launch block comes from an untrusted host: start from a good one, break one part, expect a
// refusal.

#include "protocol/launch/launch.hpp"

#include <cstring>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace {

using namespace protocol::launch;

std::vector<std::byte> block_of(std::vector<Item> const& items) {
    std::vector<std::byte> block(encoded_size(items));
    EXPECT_TRUE(encode(items, block));
    return block;
}

std::vector<std::byte> good_block() {
    auto const limit = number_text(0x1122'3344'5566'7788);
    return block_of({
        {.kind = Kind::Action, .text = "run"},
        {.kind = Kind::Module, .descriptor = 4, .text = "app.wasm"},
        {.kind = Kind::Argument, .text = "one"},
        {.kind = Kind::Argument, .text = ""},
        {.kind = Kind::MaxMemory, .text = {limit.data(), limit.size()}},
    });
}

void poke(std::vector<std::byte>& block, std::size_t at, std::uint32_t value) {
    std::memcpy(block.data() + at, &value, sizeof value);
}

std::string rule_of(std::vector<std::byte> const& block) {
    auto const items = decode(block);
    return items ? "accepted" : std::string{items.error().rule};
}

constexpr std::size_t first_item = sizeof(Header);
constexpr std::size_t second_item = first_item + sizeof(ItemHeader) + 3;

TEST(LaunchBlock, comes_back_as_it_was_written) {
    auto const block = good_block();
    auto const items = decode(block);
    ASSERT_TRUE(items);
    std::vector<Item> all;
    for (auto item : *items) all.push_back(item);
    ASSERT_EQ(all.size(), 5U);
    EXPECT_EQ(all[0].text, "run");
    EXPECT_EQ(all[0].descriptor, no_descriptor);
    EXPECT_EQ(all[1].kind, Kind::Module);
    EXPECT_EQ(all[1].descriptor, 4);
    EXPECT_EQ(all[1].text, "app.wasm");
    EXPECT_EQ(all[2].text, "one");
    EXPECT_EQ(all[3].text, "");
    EXPECT_EQ(all[4].number(), 0x1122'3344'5566'7788U);
}

TEST(LaunchBlock, without_items_is_empty) {
    auto const block = block_of({});
    auto const items = decode(block);
    ASSERT_TRUE(items);
    EXPECT_EQ(items->begin(), items->end());
}

TEST(LaunchBlock, is_refused_at_every_truncation) {
    auto const block = good_block();
    for (std::size_t size = 0; size < block.size(); ++size)
        EXPECT_NE(rule_of({block.begin(), block.begin() + std::ptrdiff_t(size)}), "accepted")
            << size;
}

TEST(LaunchBlock, is_refused_if_truncated_with_a_size_that_says_so) {
    auto const block = good_block();
    for (std::size_t size = sizeof(Header); size < block.size(); ++size) {
        std::vector<std::byte> shorter{
            block.begin(), block.begin() + static_cast<std::ptrdiff_t>(size)
        };
        poke(shorter, 8, static_cast<std::uint32_t>(size));
        EXPECT_EQ(rule_of(shorter), "an item passes the end") << size;
    }
}

TEST(LaunchBlock, is_refused_with_another_magic) {
    auto block = good_block();
    block[7] = std::byte{'2'};
    EXPECT_EQ(rule_of(block), "it does not begin with its magic");
}

TEST(LaunchBlock, is_refused_with_a_trailing_byte) {
    auto block = good_block();
    block.push_back({});
    EXPECT_EQ(rule_of(block), "its size is not the one it states");
    poke(block, 8, static_cast<std::uint32_t>(block.size()));
    EXPECT_EQ(rule_of(block), "bytes follow the last item");
}

TEST(LaunchBlock, is_refused_with_a_length_that_passes_the_end) {
    for (std::uint32_t length : {0x7fff'ffffU, 0xffff'ffffU, 0xffff'fff4U}) {
        auto block = good_block();
        poke(block, first_item + 8, length);
        EXPECT_EQ(rule_of(block), "an item passes the end");
    }
}

TEST(LaunchBlock, is_refused_with_an_unknown_kind) {
    for (std::uint32_t kind : {0U, 31U, 32U, 33U, 0xffffU}) {
        auto block = good_block();
        poke(block, first_item, kind);
        EXPECT_EQ(rule_of(block), "an item is of an unknown kind") << kind;
    }
}

TEST(LaunchBlock, is_refused_with_a_reserved_bit) {
    auto block = good_block();
    poke(block, first_item, static_cast<std::uint32_t>(Kind::Action) | 0x8000'0000U);
    EXPECT_EQ(rule_of(block), "a reserved field is not zero");
}

TEST(LaunchBlock, is_refused_with_a_single_item_twice) {
    EXPECT_EQ(
        rule_of(
            block_of({{.kind = Kind::Action, .text = "run"}, {.kind = Kind::Action, .text = "run"}})
        ),
        "an item is there twice"
    );
}

TEST(LaunchBlock, is_refused_if_a_descriptor_is_missing_needless_or_negative) {
    EXPECT_EQ(
        rule_of(block_of({{.kind = Kind::Module, .text = "a"}})),
        "an item lacks its descriptor or has one too many"
    );
    EXPECT_EQ(
        rule_of(block_of({{.kind = Kind::Argument, .descriptor = 5, .text = "a"}})),
        "an item lacks its descriptor or has one too many"
    );
    auto block = good_block();
    poke(block, second_item + 4, 0x8000'0000U);
    EXPECT_EQ(rule_of(block), "a descriptor is negative");
}

// exec closes what an item names; these it has and closes already.
TEST(LaunchBlock, is_refused_with_the_descriptor_of_a_standard_stream_or_of_itself) {
    for (int descriptor = 0; descriptor <= block_descriptor; ++descriptor)
        EXPECT_EQ(
            rule_of(block_of({{.kind = Kind::Module, .descriptor = descriptor, .text = "a"}})),
            "a descriptor is a standard stream or the block itself"
        );
}

TEST(LaunchBlock, is_refused_with_one_descriptor_in_two_items) {
    EXPECT_EQ(
        rule_of(block_of({
            {.kind = Kind::Module, .descriptor = 4, .text = "a"},
            {.kind = Kind::Directory, .descriptor = 5, .text = "/b"},
            {.kind = Kind::Directory, .descriptor = 4, .text = "/c"},
        })),
        "a descriptor is there twice"
    );
    std::vector<Item> many;
    for (int i = 0; i < 129; ++i)
        many.push_back({.kind = Kind::Directory, .descriptor = 4 + i, .text = "/b"});
    EXPECT_EQ(rule_of(block_of(many)), "it has more than 128 descriptors");
    many.pop_back();
    EXPECT_EQ(rule_of(block_of(many)), "accepted");
}

TEST(LaunchBlock, is_refused_with_a_number_of_another_size) {
    EXPECT_EQ(
        rule_of(block_of({{.kind = Kind::MaxMemory, .text = "1234567"}})),
        "a number has not eight bytes"
    );
}

TEST(LaunchBlock, is_refused_with_a_measurement_of_another_size) {
    std::string const sha384(48, '\0');
    EXPECT_EQ(rule_of(block_of({{.kind = Kind::Measurement, .text = sha384}})), "accepted");
    EXPECT_EQ(
        rule_of(
            block_of({{.kind = Kind::Measurement, .text = std::string_view{sha384}.substr(1)}})
        ),
        "a measurement has not 48 bytes"
    );
}

TEST(LaunchBlock, is_refused_with_a_zero_byte_in_a_text) {
    using namespace std::string_view_literals;
    EXPECT_EQ(
        rule_of(block_of({{.kind = Kind::Argument, .text = "a\0b"sv}})),
        "a text contains a zero byte"
    );
}

TEST(LaunchBlock, of_more_than_the_largest_size_is_neither_written_nor_read) {
    std::string const big(max_size, 'x');
    std::vector<Item> const items{{.kind = Kind::Argument, .text = big}};
    std::vector<std::byte> block(encoded_size(items));
    auto const encoded = encode(items, block);
    ASSERT_FALSE(encoded);
    EXPECT_EQ(encoded.error(), base::Errno::TooBig);
    EXPECT_EQ(rule_of(block), "it is larger than 64 MiB");
}

} // namespace
