#include "keep/exec/wasi/test_application.hpp"

namespace exec::wasi {
namespace {

struct Paths : Application {
    Errno make_directory_at(std::string_view path) {
        return call_path(&path_create_directory, root, path);
    }
    Errno symlink(std::string_view target, std::string_view path) {
        return call(
            &path_symlink,
            put(target),
            static_cast<std::uint32_t>(target.size()),
            root,
            put(path),
            static_cast<std::uint32_t>(path.size())
        );
    }
    Errno between(auto function, std::string_view from, std::string_view to, Fd to_fd = root) {
        auto const length = static_cast<std::uint32_t>(to.size());
        return call_path(function, root, from, to_fd, put(to), length);
    }
    Errno link(std::string_view from, std::string_view to, std::uint32_t flags = 0) {
        return call(
            &path_link,
            root,
            flags,
            put(from),
            static_cast<std::uint32_t>(from.size()),
            root,
            put(to),
            static_cast<std::uint32_t>(to.size())
        );
    }
    Errno stat(std::string_view path, std::uint32_t lookup = 0, Fd in = root) {
        return call(
            &path_filestat_get, in, lookup, put(path), static_cast<std::uint32_t>(path.size()), out
        );
    }
    Pointer<FileStat> out = room_for<FileStat>();
};

TEST_F(Paths, DirectoriesAreMadeAndRemoved) {
    ASSERT_EQ(make_directory_at("dir"), Errno::Success);
    ASSERT_EQ(make_directory_at("dir/nested"), Errno::Success);
    EXPECT_EQ(make_directory_at("dir"), Errno::Exist);
    EXPECT_EQ(stat("dir/nested"), Errno::Success);
    EXPECT_EQ(at(out).type, FileType::Directory);
    EXPECT_EQ(call_path(&path_remove_directory, root, "dir"), Errno::NotEmpty);
    EXPECT_EQ(call_path(&path_remove_directory, root, "dir/nested/"), Errno::Success);
    EXPECT_EQ(call_path(&path_unlink_file, root, "dir"), Errno::IsDir);
    EXPECT_EQ(call_path(&path_remove_directory, root, "dir"), Errno::Success);
    EXPECT_EQ(stat("dir"), Errno::NoEnt);
}

TEST_F(Paths, FilesAreUnlinked) {
    create("file");
    EXPECT_EQ(call_path(&path_remove_directory, root, "file"), Errno::NotDir);
    EXPECT_EQ(call_path(&path_unlink_file, root, "file/"), Errno::NotDir);
    EXPECT_EQ(call_path(&path_unlink_file, root, "file"), Errno::Success);
    EXPECT_EQ(call_path(&path_unlink_file, root, "file"), Errno::NoEnt);
}

TEST_F(Paths, FilesAreRenamed) {
    create("source", "content");
    ASSERT_EQ(between(&path_rename, "source", "target"), Errno::Success);
    EXPECT_EQ(stat("source"), Errno::NoEnt);
    auto const fd = open("target", {});
    ASSERT_TRUE(fd);
    EXPECT_EQ(read(*fd, 16), "content");
}

TEST_F(Paths, NothingMovesFromOneMountToAnother) {
    auto const other = context.add_directory(make_directory(), "/other", false);
    create("file");
    EXPECT_EQ(between(&path_rename, "file", "file", *other), Errno::XDev);
}

TEST_F(Paths, HardLinksShareTheirFile) {
    create("file", "x");
    ASSERT_EQ(link("file", "link"), Errno::Success);
    EXPECT_EQ(stat("link"), Errno::Success);
    EXPECT_EQ(at(out).links, 2U);
    EXPECT_EQ(link("file", "link"), Errno::Exist);
    ASSERT_EQ(make_directory_at("dir"), Errno::Success);
    EXPECT_EQ(link("dir", "dirlink"), Errno::Perm);
    EXPECT_EQ(link("file", "slash/"), Errno::NoEnt);
    EXPECT_EQ(link("file", "other", 2), Errno::Inval);
}

TEST_F(Paths, SymbolicLinksAreFollowedWhereTheApplicationSaysSo) {
    create("file", "12345");
    ASSERT_EQ(symlink("file", "link"), Errno::Success);
    ASSERT_EQ(stat("link"), Errno::Success);
    EXPECT_EQ(at(out).type, FileType::SymbolicLink);
    ASSERT_EQ(stat("link", lookup_flag::symlink_follow), Errno::Success);
    EXPECT_EQ(at(out).size, 5U);
    EXPECT_EQ(stat("link", 2), Errno::Inval);
}

TEST_F(Paths, AbsoluteTargetsAreRefused) { EXPECT_EQ(symlink("/", "link"), Errno::Perm); }

TEST_F(Paths, ALinksTargetIsCutOffWhereTheBufferEnds) {
    ASSERT_EQ(symlink("target", "link"), Errno::Success);
    auto const buffer = room_for<std::byte>(10);
    auto const used = room_for<std::uint32_t>();
    ASSERT_EQ(call_path(&path_readlink, root, "link", buffer, 10U, used), Errno::Success);
    EXPECT_EQ(at(used), 6U);
    EXPECT_EQ(text_at(buffer.at, 7), std::string("target\0", 7));
    ASSERT_EQ(call_path(&path_readlink, root, "link", buffer, 4U, used), Errno::Success);
    EXPECT_EQ(at(used), 4U);
}

TEST_F(Paths, TimesOfALinkAndOfItsTargetAreTwoThings) {
    create("file");
    ASSERT_EQ(symlink("file", "link"), Errno::Success);
    auto const set = [this](std::uint32_t lookup, std::uint64_t modified) {
        return call(
            &path_filestat_set_times,
            root,
            lookup,
            put("link"),
            4U,
            std::uint64_t{0},
            modified,
            times_flag::modified
        );
    };
    ASSERT_EQ(set(0, 111), Errno::Success);
    ASSERT_EQ(set(lookup_flag::symlink_follow, 222), Errno::Success);
    ASSERT_EQ(stat("link"), Errno::Success);
    EXPECT_EQ(at(out).modified_ns, 111U);
    ASSERT_EQ(stat("file"), Errno::Success);
    EXPECT_EQ(at(out).modified_ns, 222U);
}

TEST_F(Paths, NeverLeaveTheirDirectory) {
    EXPECT_EQ(stat("/"), Errno::Perm);
    EXPECT_EQ(stat(".."), Errno::Perm);
    EXPECT_EQ(make_directory_at("../dir"), Errno::Perm);
    ASSERT_EQ(symlink("..", "up"), Errno::Success);
    EXPECT_EQ(stat("up/etc"), Errno::Perm);
}

TEST_F(Paths, AreTextOfAReasonableLength) {
    EXPECT_EQ(stat(""), Errno::NoEnt);
    EXPECT_EQ(stat(std::string_view{"a\0b", 3}), Errno::Inval);
    EXPECT_EQ(stat("\xff"), Errno::IlSeq);
    EXPECT_EQ(stat(std::string(4096, 'a')), Errno::NameTooLong);
    EXPECT_EQ(stat(std::string(4095, '/')), Errno::Perm);
    EXPECT_EQ(call(&path_unlink_file, root, Pointer<char>{65530}, 100U), Errno::Fault);
}

TEST_F(Paths, BelongToADirectory) {
    auto const file = create("file");
    EXPECT_EQ(stat("x", 0, file), Errno::NotDir);
    EXPECT_EQ(stat("x", 0, Fd{99}), Errno::BadF);
}

TEST_F(Paths, EachFunctionAsksForItsRight) {
    create("file");
    ASSERT_EQ(call(&fd_fdstat_set_rights, root, Rights{0}, Rights{0}), Errno::Success);
    EXPECT_EQ(stat("file"), Errno::NotCapable);
    EXPECT_EQ(make_directory_at("dir"), Errno::NotCapable);
    EXPECT_EQ(call_path(&path_unlink_file, root, "file"), Errno::NotCapable);
    EXPECT_EQ(call_path(&path_remove_directory, root, "file"), Errno::NotCapable);
    EXPECT_EQ(between(&path_rename, "file", "other"), Errno::NotCapable);
    EXPECT_EQ(link("file", "other"), Errno::NotCapable);
    EXPECT_EQ(symlink("file", "link"), Errno::NotCapable);
}

TEST_F(Paths, AReadOnlyDirectoryKeepsItsNames) {
    create("file");
    std::get<OpenDirectory>((*context.descriptors.find(root))->object).read_only = true;
    EXPECT_EQ(stat("file"), Errno::Success);
    EXPECT_EQ(make_directory_at("dir"), Errno::RoFs);
    EXPECT_EQ(call_path(&path_unlink_file, root, "file"), Errno::RoFs);
    EXPECT_EQ(between(&path_rename, "file", "other"), Errno::RoFs);
    EXPECT_EQ(link("file", "other"), Errno::RoFs);
    EXPECT_EQ(symlink("file", "link"), Errno::RoFs);
    EXPECT_EQ(
        call(&fd_filestat_set_times, root, std::uint64_t{0}, std::uint64_t{0}, 0U), Errno::RoFs
    );
}

} // namespace
} // namespace exec::wasi
