// Modules by hand, byte by byte, and what is read of them.

#include "package/wasm/format.hpp"
#include "package/wasm/reader.hpp"
#include "package/wasm/sections.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace std::string_literals;
using namespace package;
using namespace package::wasm;

std::span<std::byte const> bytes_of(std::string const& text) {
    return std::as_bytes(std::span{text});
}

auto const header = "\0asm\1\0\0\0"s;
auto const custom = header + "\x00\x07\x04name"
                             "ab"s;
auto const memory = header + "\x05\x03\x01\x00\x02"s; // one memory of 2 pages
auto const two_memories =
    header + "\x05\x09\x02\x03\x01\x80\x02\x05\x01\x81\x04"s; // shared 1-256; 64-bit 1-513

TEST(Format, tells_modules_components_and_texts_apart) {
    EXPECT_EQ(recognise(bytes_of(header)), Format::Module);
    EXPECT_EQ(recognise(bytes_of("\0asm\x0d\0\1\0"s)), Format::Component);
    EXPECT_EQ(recognise(bytes_of("(module)"s)), Format::Text);
    EXPECT_EQ(recognise(bytes_of(" \n;; a comment\n(module)"s)), Format::Text);
    EXPECT_EQ(recognise(bytes_of("(; a comment ;)(module)"s)), Format::Text);
}

TEST(Format, takes_nothing_else_for_an_application) {
    EXPECT_EQ(recognise({}), Format::Other);
    EXPECT_EQ(recognise(bytes_of("\0asm"s)), Format::Other);
    EXPECT_EQ(recognise(bytes_of("\0asm\2\0\0\0"s)), Format::Other);
    EXPECT_EQ(recognise(bytes_of("hello"s)), Format::Other);
    EXPECT_EQ(recognise(bytes_of(" \n "s)), Format::Other);
}

TEST(Format, names_what_a_file_is_instead) {
    EXPECT_EQ(other_format({}), "an empty file");
    EXPECT_EQ(
        other_format(bytes_of(
            "\x7f"
            "ELF\2"s
        )),
        "an ELF program of a machine, not WebAssembly"
    );
    EXPECT_EQ(other_format(bytes_of("\0asm"s)), "cut off within its header");
    EXPECT_EQ(other_format(bytes_of("\0asm\7\0\0\0"s)), "of a version that nobody knows");
    EXPECT_TRUE(other_format(bytes_of("blobs/sha256/0123"s)).starts_with("a package"));
    EXPECT_EQ(other_format(bytes_of("hello"s)), "a text, but no WebAssembly text");
    EXPECT_EQ(other_format(bytes_of("\1\2\3"s)), "no WebAssembly");
}

TEST(WasmReader, reads_numbers_of_any_length_that_the_format_allows) {
    EXPECT_EQ(Reader{bytes_of("\x7f"s)}.u32(), 127U);
    EXPECT_EQ(Reader{bytes_of("\xff\xff\xff\xff\x0f"s)}.u32(), 0xffff'ffffU);
    EXPECT_EQ(Reader{bytes_of("\x80\x80\x80\x80\x00"s)}.u32(), 0U);
    EXPECT_EQ(Reader{bytes_of("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"s)}.u64(), ~0ULL);
}

TEST(WasmReader, refuses_numbers_that_are_too_long_or_too_large_or_cut_off) {
    EXPECT_EQ(Reader{bytes_of("\x80"s)}.u32(), std::nullopt);
    EXPECT_EQ(Reader{bytes_of("\xff\xff\xff\xff\x1f"s)}.u32(), std::nullopt);
    EXPECT_EQ(Reader{bytes_of("\x80\x80\x80\x80\x80\x00"s)}.u32(), std::nullopt);
    EXPECT_EQ(Reader{bytes_of("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"s)}.u64(), std::nullopt);
}

TEST(Sections, of_an_empty_module_are_none) { EXPECT_EQ(sections(bytes_of(header))->size(), 0U); }

TEST(Sections, that_are_custom_have_a_name) {
    auto const all = sections(bytes_of(custom));
    ASSERT_TRUE(all);
    ASSERT_EQ(all->size(), 1U);
    EXPECT_EQ(all->front().name, "name");
    EXPECT_EQ(all->front().content.size(), 2U);
}

TEST(Sections, are_nothing_where_one_passes_the_end) {
    for (auto const& module : {custom, memory, two_memories})
        for (std::size_t size = header.size() + 1; size < module.size(); ++size)
            EXPECT_FALSE(sections(bytes_of(module).first(size))) << size;
}

TEST(Sections, are_nothing_where_one_has_an_unknown_number) {
    EXPECT_FALSE(sections(bytes_of(header + "\x0e\x00"s)));
}

TEST(Sections, are_nothing_where_there_are_more_than_a_list_should_hold) {
    auto many = header;
    for (std::size_t i = 0; i < most_sections; ++i) many += "\x01\x00"s;
    EXPECT_EQ(sections(bytes_of(many))->size(), most_sections);
    many += "\x01\x00"s;
    EXPECT_FALSE(sections(bytes_of(many)));
    EXPECT_EQ(code_size(bytes_of(many + "\x0a\x03"s + "abc"s)), 3U);
}

TEST(Sections, with_code_tell_how_much_of_it) {
    EXPECT_EQ(code_size(bytes_of(header)), 0U);
    EXPECT_EQ(code_size(bytes_of(custom + "\x0a\x02"s + "ab"s)), 2U);
    EXPECT_EQ(code_size(bytes_of(custom + "\x0a\x02"s + "a"s)), 0U);
    EXPECT_EQ(code_size(bytes_of(custom + "\x0a\x02"s + "ab"s + "\x0e\x00"s)), 0U);
}

TEST(Sections, of_memories_tell_their_limits) {
    auto const all = sections(bytes_of(memory));
    auto const found = memories(all->front());
    ASSERT_TRUE(found);
    ASSERT_EQ(found->size(), 1U);
    EXPECT_EQ(found->front().minimum, 2U);
    EXPECT_EQ(found->front().maximum, std::nullopt);
}

TEST(Sections, of_memories_tell_what_is_shared_and_what_is_wide) {
    auto const all = sections(bytes_of(two_memories));
    auto const found = memories(all->front());
    ASSERT_TRUE(found);
    ASSERT_EQ(found->size(), 2U);
    EXPECT_TRUE(found->at(0).shared);
    EXPECT_EQ(found->at(0).maximum, 256U);
    EXPECT_TRUE(found->at(1).wide);
    EXPECT_EQ(found->at(1).maximum, 513U);
}

} // namespace
