// Files are written beside their place and renamed into it.

#include "os/folder.hpp"

#include "os/check.hpp"
#include "os/write_all.hpp"

#include <csignal>

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace os {

using base::Errno;
using base::Result;

namespace {

constexpr unsigned own_only = 0700;
constexpr unsigned own_file_only = 0600;

// While it lives, a signal that would end this process waits: nothing half-written stays behind.
class SignalsWait {
public:
    SignalsWait() {
        sigset_t all;
        ::sigfillset(&all);
        ::pthread_sigmask(SIG_BLOCK, &all, &before_);
    }
    SignalsWait(SignalsWait const&) = delete;
    SignalsWait(SignalsWait&&) = delete;
    SignalsWait& operator=(SignalsWait const&) = delete;
    SignalsWait& operator=(SignalsWait&&) = delete;
    ~SignalsWait() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

private:
    sigset_t before_{};
};

// Nobody else can have put there what lies there, nor see it.
Result<void> check_own(Fd const& file, mode_t type) {
    struct stat status{};
    TRY(done(::fstat(file.number(), &status)));
    bool const own = (status.st_mode & S_IFMT) == type && status.st_uid == ::geteuid() &&
                     (status.st_mode & 077) == 0;
    if (!own) return std::unexpected(Errno::Perm);
    return {};
}

// Already: another process has the file's lock, or had it and has ended what it did with it.
Result<void> take(Fd const& file, Fd const& folder, std::string const& name) {
    struct stat held{};
    struct stat there{};
    TRY(done(::fstat(file.number(), &held)));
    auto const locked = done(::flock(file.number(), LOCK_EX | LOCK_NB));
    if (!locked && locked.error() != Errno::Again) return locked;
    bool const same = locked &&
                      ::fstatat(folder.number(), name.c_str(), &there, AT_SYMLINK_NOFOLLOW) == 0 &&
                      held.st_ino == there.st_ino && held.st_dev == there.st_dev;
    if (!same) return std::unexpected(Errno::Already);
    return {};
}

} // namespace

Result<Folder> Folder::own(Fd descriptor) {
    TRY(check_own(descriptor, S_IFDIR));
    return Folder{std::move(descriptor)};
}

// RESOLVE_BENEATH and NO_SYMLINKS: a name that is a path, or a link, is refused by the kernel.
Result<Fd> Folder::open(std::string const& name, int flags, unsigned mode) const {
    ::open_how const how{
        .flags = static_cast<unsigned>(flags) | O_CLOEXEC | O_NOFOLLOW,
        .mode = mode,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS,
    };
    auto const opened = retry([&] {
        return ::syscall(SYS_openat2, descriptor_.number(), name.c_str(), &how, sizeof how);
    });
    return check_fd(static_cast<int>(opened));
}

Result<Folder> Folder::own_folder(std::string const& name) const {
    auto there = open(name, O_RDONLY | O_DIRECTORY);
    if (!there && there.error() == Errno::NoEnt) {
        if (::mkdirat(descriptor_.number(), name.c_str(), own_only) != 0 && errno != EEXIST)
            return std::unexpected(last_error());
        there = open(name, O_RDONLY | O_DIRECTORY);
    }
    return own(TRY(std::move(there)));
}

// A pipe of that name would otherwise hold us up.
Result<Fd> Folder::own_file(std::string const& name) const {
    auto file = TRY(open(name, O_RDONLY | O_NONBLOCK));
    TRY(check_own(file, S_IFREG));
    return file;
}

Result<Fd> Folder::lock(std::string const& name) const {
    auto file = TRY(open(name, O_RDWR | O_CREAT | O_NONBLOCK, own_file_only));
    struct stat status{};
    TRY(done(::fstat(file.number(), &status)));
    if (!S_ISREG(status.st_mode)) return std::unexpected(Errno::Perm);
    TRY(done(retry([&] { return ::flock(file.number(), LOCK_EX); })));
    return file;
}

// The file to write, new and this process' alone: whoever has the lock of what bears the name may
// write it or take the name away, nobody else. With a process its locks end, whenever it dies.
Result<Fd> Folder::begin(std::string const& name) const {
    auto const left = open(name, O_RDONLY | O_NONBLOCK);
    if (left) {
        TRY(take(*left, descriptor_, name));
        TRY(done(::unlinkat(descriptor_.number(), name.c_str(), 0)));
    }
    auto made = open(name, O_WRONLY | O_CREAT | O_EXCL, own_file_only);
    if (!made && made.error() == Errno::Exist) return std::unexpected(Errno::Already);
    auto file = TRY(std::move(made));
    TRY(take(file, descriptor_, name));
    return file;
}

Result<void>
Folder::write(std::string const& name, std::span<std::span<std::byte const> const> parts) const {
    auto const unfinished = name + ".new";
    SignalsWait const wait;
    auto const file = TRY(begin(unfinished));
    auto const written = [&]() -> Result<void> {
        for (auto const part : parts) TRY(write_all(file.number(), part));
        int const folder = descriptor_.number();
        return done(::renameat(folder, unfinished.c_str(), folder, name.c_str()));
    }();
    if (!written) remove(unfinished);
    return written;
}

void Folder::remove(std::string const& name) const {
    ::unlinkat(descriptor_.number(), name.c_str(), 0);
}

} // namespace os
