#include "keep/exec/wasi/test_application.hpp"

#include <algorithm>
#include <set>

namespace exec::wasi {
namespace {

struct Listed {
    DirEntry header;
    std::string name;
};

struct Listings : Application {
    // One call; the bytes that it used.
    Result<std::uint32_t> list(std::uint64_t cookie, std::uint32_t length, Fd fd = root) {
        std::ranges::fill(std::span{bytes}.subspan(buffer, length), std::byte{0xee});
        TRY(fd_readdir(context, memory(), fd, {buffer}, length, cookie, used));
        return at(used);
    }
    // The whole entries among those bytes.
    std::vector<Listed> parsed(std::uint32_t size) {
        std::vector<Listed> found;
        std::uint32_t offset = 0;
        while (size - offset >= sizeof(DirEntry)) {
            DirEntry header;
            std::memcpy(&header, bytes.data() + buffer + offset, sizeof header);
            if (size - offset - sizeof header < header.name_length) break;
            offset += sizeof header;
            found.push_back({header, text_at(buffer + offset, header.name_length)});
            offset += header.name_length;
        }
        return found;
    }

    std::uint32_t const buffer = room(8192);
    Pointer<std::uint32_t> used = room_for<std::uint32_t>();
};

TEST_F(Listings, OfAnEmptyDirectoryHoldItselfAndItsParent) {
    auto const size = list(0, 256);
    ASSERT_TRUE(size);
    auto const found = parsed(*size);
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].name, ".");
    EXPECT_EQ(found[0].header.type, FileType::Directory);
    EXPECT_EQ(found[0].header.inode, file_stat(root).inode);
    EXPECT_EQ(found[1].name, "..");
    EXPECT_LT(*size, 256U);
}

TEST_F(Listings, GoOnAfterACookie) {
    auto const inode = file_stat(create("file")).inode;
    auto const first = parsed(*list(0, 4096));
    ASSERT_EQ(first.size(), 3U);
    auto const rest = parsed(*list(first[1].header.next, 4096));
    ASSERT_EQ(rest.size(), 1U);
    EXPECT_EQ(rest[0].name, "file");
    EXPECT_EQ(rest[0].header.type, FileType::RegularFile);
    EXPECT_EQ(rest[0].header.inode, inode);
    EXPECT_EQ(list(rest[0].header.next, 4096), 0U);
}

TEST_F(Listings, FillATooSmallBufferToItsEndWithAnEntryCutOff) {
    create("a-rather-long-name");
    for (std::uint32_t const length : {0U, 1U, 24U, 25U, 26U, 60U, 92U}) {
        bytes[buffer + length] = std::byte{0x77};
        EXPECT_EQ(list(0, length), length);
        EXPECT_EQ(bytes[buffer + length], std::byte{0x77});
    }
    EXPECT_EQ(list(0, 94), 93U);
    EXPECT_EQ(text_at(buffer + 75, 18), "a-rather-long-name");
}

TEST_F(Listings, OfManyFilesInSmallPiecesMissNoneAndRepeatNone) {
    for (int i = 0; i < 100; ++i) {
        top = 16384;
        ASSERT_EQ(call(&fd_close, create("file." + std::to_string(i))), Errno::Success);
    }
    std::multiset<std::string> names;
    std::uint64_t cookie = 0;
    for (;;) {
        auto const size = list(cookie, 256);
        ASSERT_TRUE(size);
        auto const found = parsed(*size);
        for (auto const& entry : found) names.insert(entry.name);
        if (*size < 256) break;
        ASSERT_FALSE(found.empty());
        cookie = found.back().header.next;
    }
    EXPECT_EQ(names.size(), 102U);
    EXPECT_EQ(names.count("file.57"), 1U);
}

TEST_F(Listings, AreOfDirectoriesOnly) {
    EXPECT_EQ(list(0, 64, create("file")).error(), Errno::NotDir);
    EXPECT_EQ(list(0, 64, Fd{99}).error(), Errno::BadF);
    ASSERT_EQ(call(&fd_fdstat_set_rights, root, right::path_open, Rights{0}), Errno::Success);
    EXPECT_EQ(list(0, 64).error(), Errno::NotCapable);
}

} // namespace
} // namespace exec::wasi
