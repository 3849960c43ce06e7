#pragma once

// For tests: a folder that is handed in, one that is only to be read, and what lies outside of
// both.

#include "host/vmm/server/handles.hpp"
#include "os/temporary_directory.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

namespace host::vmm::test {

inline constexpr std::string_view secret = "what nobody in there may read or change";

// Everything about a tree that a stranger could change: names, kinds, times, contents.
inline std::string picture(std::string const& folder) {
    std::vector<std::string> lines;
    auto const add = [&](std::filesystem::path const& path) {
        struct stat status{};
        if (::lstat(path.c_str(), &status) != 0) return;
        std::string contents;
        if (S_ISREG(status.st_mode)) {
            std::ifstream file{path};
            contents.assign(std::istreambuf_iterator<char>{file}, {});
        }
        lines.push_back(
            fmt::format(
                "{} {} {:o} {} {} {}.{} {}.{} {}",
                path.string(),
                status.st_ino,
                status.st_mode,
                status.st_nlink,
                status.st_size,
                status.st_mtim.tv_sec,
                status.st_mtim.tv_nsec,
                status.st_ctim.tv_sec,
                status.st_ctim.tv_nsec,
                contents
            )
        );
    };
    add(folder);
    for (auto const& entry : std::filesystem::recursive_directory_iterator{folder})
        add(entry.path());
    std::ranges::sort(lines);
    return fmt::format("{}", fmt::join(lines, "\n"));
}

inline bool holds(std::vector<std::uint64_t> const& inodes, std::uint64_t value) {
    return std::ranges::find(inodes, value) != inodes.end();
}

struct Outside {
    os::TemporaryDirectory temporary;
    std::string outside = temporary.path() + "/outside";
    std::string inside = temporary.path() + "/inside";
    std::string read_only = temporary.path() + "/read_only";
    std::vector<std::uint64_t> inodes; // of what lies outside
    Handles handles;
    std::vector<Handles::Open> folders; // inside, read_only

    Outside() {
        for (auto const& folder : {outside, inside, read_only, outside + "/folder"})
            EXPECT_EQ(::mkdir(folder.c_str(), 0700), 0);
        for (auto const& folder : {outside, inside, read_only})
            std::ofstream{folder + "/file"} << (folder == outside ? secret : "known");
        EXPECT_EQ(::symlink(outside.c_str(), (inside + "/way").c_str()), 0);
        EXPECT_EQ(::symlink((outside + "/file").c_str(), (inside + "/way_to_file").c_str()), 0);
        for (auto const& path : {outside, outside + "/file", outside + "/folder"}) {
            struct stat status{};
            EXPECT_EQ(::stat(path.c_str(), &status), 0);
            inodes.push_back(status.st_ino);
        }
        add(inside, Rights::ReadWrite);
        add(read_only, Rights::ReadOnly);
    }

    void add(std::string const& path, Rights rights) {
        os::Fd folder{::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
        folders.push_back(*handles.find(*handles.add(std::move(folder), rights)));
    }
};

} // namespace host::vmm::test
