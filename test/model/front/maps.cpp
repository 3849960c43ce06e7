// See maps.hpp.
#include "front/maps.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>

namespace model::front {

std::vector<Region> regions_of(pid_t thread, std::uint64_t begin, std::uint64_t end) {
    std::vector<Region> result;
    std::ifstream maps{"/proc/" + std::to_string(thread) + "/maps"};
    for (std::string line; std::getline(maps, line);) {
        unsigned long from = 0;
        unsigned long to = 0;
        unsigned long offset = 0;
        unsigned long inode = 0;
        char rights[5] = {}; // NOLINT(*-avoid-c-arrays): sscanf's
        int name = 0;
        // NOLINTNEXTLINE(cert-err34-c,bugprone-unchecked-string-to-number-conversion): the kernel's
        if (std::sscanf(
                line.c_str(),
                "%lx-%lx %4s %lx %*s %lu %n",
                &from,
                &to,
                rights,
                &offset,
                &inode,
                &name
            ) < 5)
            continue;
        if (to <= begin || from >= end) continue;
        auto const first = std::max<std::uint64_t>(from, begin);
        result.push_back(
            {.begin = first,
             .end = std::min<std::uint64_t>(to, end),
             .offset = offset + (first - from),
             .inode = inode,
             .readable = rights[0] == 'r',
             .writable = rights[1] == 'w',
             .executable = rights[2] == 'x',
             .shared = rights[3] == 's',
             .name = name > 0 ? line.substr(static_cast<std::size_t>(name)) : ""}
        );
    }
    return result;
}

Descriptor file_of(pid_t thread, Region const& region) {
    auto const flags = (region.writable ? O_RDWR : O_RDONLY) | O_CLOEXEC;
    auto const open = [&](std::string const& path) {
        Descriptor file{::open(path.c_str(), flags)};
        struct stat status{};
        return file && ::fstat(file.number(), &status) == 0 && status.st_ino == region.inode
                   ? std::move(file)
                   : Descriptor{};
    };
    // The kernel's own links are named by the whole mapping's bounds, which a cut region does not
    // show.
    std::error_code none;
    for (auto const& entry : std::filesystem::directory_iterator{
             "/proc/" + std::to_string(thread) + "/map_files", none
         }) {
        unsigned long from = 0;
        unsigned long to = 0;
        // NOLINTNEXTLINE(cert-err34-c,bugprone-unchecked-string-to-number-conversion): the kernel's
        if (std::sscanf(entry.path().filename().c_str(), "%lx-%lx", &from, &to) == 2 &&
            from <= region.begin && region.begin < to)
            if (auto file = open(entry.path().string())) return file;
    }
    for (auto const& entry :
         std::filesystem::directory_iterator{"/proc/" + std::to_string(thread) + "/fd", none})
        if (auto file = open(entry.path().string())) return file;
    return region.name.starts_with("/") ? open(region.name) : Descriptor{};
}

} // namespace model::front
