// What the writer writes the reader reads, in pieces of any size; and nothing that climbs out.

#include "package/tar/reader.hpp"
#include "package/tar/ustar.hpp"

#include <cstring>

#include <gtest/gtest.h>

namespace package::tar {
namespace {

using Bytes = std::vector<std::byte>;

struct Item {
    std::string path;
    Type type = Type::File;
    std::string contents; // or a link's target

    friend bool operator==(Item const&, Item const&) = default;
};

Bytes archive(std::vector<Item> const& items) {
    Bytes out;
    for (auto const& item : items) {
        bool const link = item.type == Type::Link;
        auto const head = header(
            {.path = item.path,
             .type = item.type,
             .size = link ? 0 : item.contents.size(),
             .target = link ? std::string_view{item.contents} : std::string_view{}}
        );
        out.insert(out.end(), head.begin(), head.end());
        if (link) continue;
        auto const contents = base::view_of(item.contents);
        out.insert(out.end(), contents.begin(), contents.end());
        out.resize(out.size() + padding(item.contents.size()));
    }
    out.resize(out.size() + end_size);
    return out;
}

class Collect : public Sink {
public:
    Read<void> entry(Entry const& entry) override {
        items.push_back(
            {.path = std::string{entry.path},
             .type = entry.type,
             .contents = std::string{entry.target}}
        );
        return {};
    }
    Read<void> contents(base::View piece) override {
        items.back().contents += base::text_of(piece);
        return {};
    }
    std::vector<Item> items;
};

Read<std::vector<Item>> read(base::View bytes, std::size_t step = 0, ReaderLimits limits = {}) {
    Collect sink;
    Reader reader{sink, limits};
    if (step == 0) step = std::max<std::size_t>(1, bytes.size());
    for (std::size_t at = 0; at < bytes.size(); at += step)
        TRY(reader.feed(bytes.subspan(at, std::min(step, bytes.size() - at))));
    TRY(reader.finish());
    return sink.items;
}

std::string why(base::View bytes, ReaderLimits limits = {}) {
    auto const items = read(bytes, 0, limits);
    return items ? "taken" : std::string{items.error().why};
}

std::vector<Item> const sample{
    {.path = "Enarx.toml", .contents = "[limits]\n"},
    {.path = "data", .type = Type::Directory, .contents = {}},
    {.path = "data/empty", .contents = {}},
    {.path = "data/link", .type = Type::Link, .contents = "../main.wasm"},
    {.path = "data/" + std::string(200, 'n'), .contents = std::string(512, 'x')},
    {.path = "data/\xc3\xb6", .contents = "o"},
    {.path = "deep/er/" + std::string(120, 'd') + "/f", .contents = "f"},
    {.path = "long-link", .type = Type::Link, .contents = std::string(300, 't')},
    {.path = "main.wasm", .contents = std::string(3000, 'w')},
};

TEST(Tar, is_read_as_it_was_written_in_pieces_of_any_size) {
    auto const bytes = archive(sample);
    EXPECT_EQ(bytes.size() % block, 0U);
    for (std::size_t const step : {0, 1, 7, 511, 512, 513, 4096}) {
        auto const items = read(bytes, step);
        ASSERT_TRUE(items) << step << items.error().why;
        EXPECT_EQ(*items, sample) << step;
    }
}

TEST(Tar, is_the_same_whoever_writes_it) { EXPECT_EQ(archive(sample), archive(sample)); }

TEST(Tar, cut_anywhere_is_refused) {
    auto const bytes = archive(sample);
    for (std::size_t size = 0; size + block < bytes.size(); size += 37)
        EXPECT_NE(why(base::View{bytes}.first(size)), "taken") << size;
    EXPECT_NE(why({}), "taken");
    auto behind = bytes;
    behind.resize(behind.size() + block);
    EXPECT_EQ(why(behind), "taken") << "more zeros, as tar pads its records";
    behind.back() = std::byte{1};
    EXPECT_EQ(why(behind), "something behind the end");
}

TEST(Tar, whose_names_lead_elsewhere_is_refused) {
    auto const with = [](std::string path) {
        return why(archive({{.path = std::move(path), .contents = "x"}}));
    };
    EXPECT_EQ(with("/etc/passwd"), "an absolute name");
    EXPECT_EQ(with("../outside"), "a name with '.' or '..'");
    EXPECT_EQ(with("a/../../outside"), "a name with '.' or '..'");
    EXPECT_EQ(with("a/./b"), "a name with '.' or '..'");
    EXPECT_EQ(with("a//b"), "a name with an empty part");
    EXPECT_EQ(with("a/"), "a name with an empty part");
    EXPECT_EQ(with(".."), "a name with '.' or '..'");
    EXPECT_EQ(with(std::string(256, 'n')), "a name that is too long");
    EXPECT_EQ(with(std::string("a\0b", 3)), "a name that is no text");
    EXPECT_EQ(with("\xff"), "a name that is no text");
    EXPECT_EQ(with("./a"), "taken");
}

TEST(Tar, with_a_name_twice_or_below_a_file_or_a_link_is_refused) {
    EXPECT_EQ(
        why(archive({{.path = "a", .contents = "1"}, {.path = "a", .contents = "2"}})),
        "a name that was there before"
    );
    EXPECT_EQ(
        why(archive({{.path = "a", .contents = "1"}, {.path = "a/b", .contents = "2"}})),
        "a name below what is no directory"
    );
    // The old trick: a link to somewhere, and then a file through it.
    EXPECT_EQ(
        why(archive(
            {{.path = "a", .type = Type::Link, .contents = "/etc"},
             {.path = "a/passwd", .contents = "2"}}
        )),
        "a name below what is no directory"
    );
    EXPECT_EQ(
        why(archive({{.path = "a/b", .contents = "1"}, {.path = "a", .contents = "2"}})),
        "a name that was there before"
    );
    EXPECT_EQ(
        why(archive(
            {{.path = "a", .type = Type::Directory, .contents = {}},
             {.path = "a", .type = Type::Directory, .contents = {}}}
        )),
        "taken"
    );
}

void sign(Bytes& bytes) {
    Ustar head{};
    std::memcpy(&head, bytes.data(), block);
    char digits[9];
    std::snprintf(digits, sizeof digits, "%06o", static_cast<unsigned>(checksum_of(head)));
    std::memcpy(bytes.data() + offsetof(Ustar, checksum), digits, 7);
}

TEST(Tar, with_devices_hard_links_or_other_things_is_refused) {
    for (char const type : {'1', '3', '4', '6', '7', 'g', 'L', 'K', 'S'}) {
        auto bytes = archive({{.path = "a", .contents = {}}});
        bytes[offsetof(Ustar, type)] = std::byte(type);
        sign(bytes);
        EXPECT_EQ(why(bytes), "an entry that is no file, directory or symbolic link") << type;
    }
}

TEST(Tar, with_a_header_that_lies_is_refused) {
    auto const good = archive({{.path = "a", .contents = "x"}});
    auto changed = good;
    changed[0] = std::byte{'b'};
    EXPECT_EQ(why(changed), "a header whose sum is wrong");
    auto huge = good;
    std::memcpy(huge.data() + offsetof(Ustar, size), "77777777777", 11);
    sign(huge);
    EXPECT_EQ(why(huge, {.entries = 10, .bytes = 1000}), "more bytes than a package may have");
    auto negative = good;
    negative[offsetof(Ustar, size)] = std::byte{0x80}; // GNU's binary form
    sign(negative);
    EXPECT_EQ(why(negative), "a size that is no number");
    EXPECT_EQ(
        why(archive(sample), {.entries = 5, .bytes = 1U << 20}),
        "more entries than a package may have"
    );
    EXPECT_EQ(why(archive(sample), {.names = 20}), "longer names than a package may have");
}

TEST(Tar, with_records_that_lie_is_refused) {
    auto const good = archive({{.path = std::string(150, 'n'), .contents = "x"}});
    for (auto const* const record :
         {"9999999 path=x\n", "0 path=x\n", "x path=x\n", "11 pathxxxx\n", "11 path=xxxx"}) {
        auto bytes = good;
        std::fill_n(bytes.begin() + block, block, std::byte{'\n'});
        std::memcpy(bytes.data() + block, record, std::strlen(record));
        EXPECT_EQ(why(bytes), "a pax header that cannot be read") << record;
    }
}

} // namespace
} // namespace package::tar
