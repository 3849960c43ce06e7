// Writes without a name or under another one beside the file, then gives it its own.

#include "os/new_file.hpp"

#include "os/check.hpp"
#include "os/random.hpp"

#include <array>
#include <cstdio>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace os {

namespace {

using base::Errno;
using base::Result;

constexpr unsigned owner_only = 0600;
constexpr unsigned everybody_reads = 0644;

// A name that nobody else uses, in the same folder: a file cannot be moved to another file system.
Result<std::string> beside(std::string const& path) {
    std::array<std::byte, 8> unique{};
    TRY(os::random(unique));
    auto const folder = path.substr(0, path.rfind('/') + 1);
    std::string name = folder + ".enarx-";
    for (auto const byte : unique) name += std::to_string(std::to_integer<unsigned>(byte));
    return name;
}

// Unlike rename(2), both refuse a name that is taken. Some file systems have only one of them.
Result<void> name_it(std::string const& temporary, std::string const& path) {
    auto const linked = done(::link(temporary.c_str(), path.c_str()));
    if (linked || linked.error() == Errno::Exist || linked.error() == Errno::NoEnt) return linked;
    return done(::renameat2(AT_FDCWD, temporary.c_str(), AT_FDCWD, path.c_str(), RENAME_NOREPLACE));
}

// Nothing where the file system has no such files, or where there would be no way to name one.
Fd nameless(std::string const& path, unsigned mode) {
    auto const folder = path.contains('/') ? path.substr(0, path.rfind('/') + 1) : std::string{"."};
    if (::access("/proc/self/fd", X_OK) != 0) return {};
    return Fd{::open(folder.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, mode)};
}

Result<void> name_it(Fd const& file, std::string const& path) {
    auto const there = "/proc/self/fd/" + std::to_string(file.number());
    return done(::linkat(AT_FDCWD, there.c_str(), AT_FDCWD, path.c_str(), AT_SYMLINK_FOLLOW));
}

} // namespace

Result<NewFile> NewFile::begin(std::string const& path, Readers readers) {
    struct ::stat there{};
    if (::lstat(path.c_str(), &there) == 0) return std::unexpected(Errno::Exist);
    auto const mode = readers == Readers::Owner ? owner_only : everybody_reads;
    if (auto file = nameless(path, mode)) return NewFile{path, {}, std::move(file)};
    auto temporary = TRY(beside(path));
    auto file =
        TRY(check_fd(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)));
    return NewFile{path, std::move(temporary), std::move(file)};
}

NewFile::~NewFile() {
    if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

Result<void> NewFile::write_at(std::uint64_t offset, std::span<std::byte const> bytes) const {
    while (!bytes.empty()) {
        auto const wrote = TRY(check(retry([&] {
            return ::pwrite(
                descriptor_.number(), bytes.data(), bytes.size(), static_cast<off_t>(offset)
            );
        })));
        bytes = bytes.subspan(static_cast<std::size_t>(wrote));
        offset += static_cast<std::uint64_t>(wrote);
    }
    return {};
}

Result<void> NewFile::keep() const {
    TRY(done(::fsync(descriptor_.number())));
    return temporary_.empty() ? name_it(descriptor_, path_) : name_it(temporary_, path_);
}

Result<void>
write_new_file(std::string const& path, std::span<std::byte const> bytes, Readers readers) {
    auto const file = TRY(NewFile::begin(path, readers));
    TRY(file.write_at(0, bytes));
    return file.keep();
}

} // namespace os
