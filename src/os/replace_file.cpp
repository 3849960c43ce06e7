#include "os/replace_file.hpp"

#include "os/check.hpp"
#include "os/write_all.hpp"

#include <cstdio>

#include <fcntl.h>
#include <unistd.h>

namespace os {

namespace {

using base::Result;

constexpr unsigned everybody_reads = 0644;

Result<void> write_whole(std::string const& path, std::span<std::byte const> bytes) {
    constexpr int flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW;
    auto const file = TRY(check_fd(::open(path.c_str(), flags, everybody_reads)));
    TRY(write_all(file.number(), bytes));
    return done(::fsync(file.number()));
}

// A name is on the disk when its folder is.
Result<void> sync_folder_of(std::string const& path) {
    auto const slash = path.rfind('/');
    auto const folder = slash == std::string::npos ? std::string{"."} : path.substr(0, slash + 1);
    auto const opened = TRY(check_fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)));
    return done(::fsync(opened.number()));
}

} // namespace

Result<void> replace_file(std::string const& path, std::span<std::byte const> bytes) {
    auto const unfinished = path + ".new";
    auto const written = write_whole(unfinished, bytes);
    auto const named = written ? rename_file(unfinished, path) : written;
    if (!named) ::unlink(unfinished.c_str());
    return named;
}

Result<void> rename_file(std::string const& from, std::string const& to) {
    TRY(done(std::rename(from.c_str(), to.c_str())));
    return sync_folder_of(to);
}

} // namespace os
