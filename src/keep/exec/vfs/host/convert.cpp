#include "keep/exec/vfs/host/convert.hpp"

#include "keep/exec/vfs/host/spelling.hpp"
#include "keep/exec/vfs/path.hpp"

#include <dirent.h>

namespace exec::vfs::host {

namespace {

constexpr std::uint64_t second_ns = 1'000'000'000;

// Times before 1970, which WASI cannot say, are 1970.
std::uint64_t nanoseconds(::timespec time) {
    if (time.tv_sec < 0) return 0;
    return (static_cast<std::uint64_t>(time.tv_sec) * second_ns) +
           static_cast<std::uint64_t>(time.tv_nsec);
}

::timespec timespec_or_omit(std::optional<std::uint64_t> time) {
    if (!time) return {.tv_sec = 0, .tv_nsec = UTIME_OMIT};
    return {
        .tv_sec = static_cast<::time_t>(*time / second_ns),
        .tv_nsec = static_cast<long>(*time % second_ns),
    };
}

} // namespace

FileType type_of_mode(::mode_t mode) {
    switch (mode & S_IFMT) {
    case S_IFREG:
        return FileType::RegularFile;
    case S_IFDIR:
        return FileType::Directory;
    case S_IFLNK:
        return FileType::SymbolicLink;
    case S_IFBLK:
        return FileType::BlockDevice;
    case S_IFCHR:
        return FileType::CharacterDevice;
    case S_IFSOCK:
        return FileType::SocketStream;
    default:
        return FileType::Unknown;
    }
}

FileType type_of_entry(unsigned char d_type) { return type_of_mode(DTTOIF(d_type)); }

Stat convert(struct ::stat const& stat) {
    return {
        .device = stat.st_dev,
        .inode = stat.st_ino,
        .type = type_of_mode(stat.st_mode),
        .links = stat.st_nlink,
        .size = static_cast<std::uint64_t>(stat.st_size),
        .accessed_ns = nanoseconds(stat.st_atim),
        .modified_ns = nanoseconds(stat.st_mtim),
        .changed_ns = nanoseconds(stat.st_ctim),
    };
}

std::array<::timespec, 2> convert(Times times) {
    return {timespec_or_omit(times.accessed_ns), timespec_or_omit(times.modified_ns)};
}

Result<std::string_view> given_path(std::string_view path, std::string& room) {
    TRY(check_path(path));
    return meant(path, room);
}

base::Errno escape(base::Errno error) {
    return error == base::Errno::XDev ? base::Errno::Perm : error;
}

} // namespace exec::vfs::host
