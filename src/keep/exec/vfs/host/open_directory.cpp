#include "keep/exec/vfs/host/open_directory.hpp"

#include "keep/exec/vfs/host/convert.hpp"
#include "keep/exec/vfs/host/open_file.hpp"
#include "keep/exec/vfs/path.hpp"
#include "os/beneath.hpp"
#include "os/check.hpp"
#include "os/device.hpp"
#include "os/path_text.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace exec::vfs::host {

using base::Errno;

namespace {

constexpr unsigned new_file_mode = 0666; // less the umask

int linux_flags(OpenHow how) {
    // A pipe or a terminal must neither hold us up nor become ours.
    int flags = O_NONBLOCK | O_NOCTTY;
    if (how.write) flags |= how.read ? O_RDWR : O_WRONLY;
    if (how.create) flags |= O_CREAT;
    if (how.create && how.exclusive) flags |= O_EXCL;
    if (how.truncate) flags |= O_TRUNC;
    if (how.directory) flags |= O_DIRECTORY;
    if (how.follow == Follow::No) flags |= O_NOFOLLOW;
    if (how.sync) flags |= O_SYNC;
    return flags;
}

// The kernel does not open sockets, nor pipes for writing that nobody reads.
Errno open_error(Errno error) { return error == Errno::NxIo ? Errno::NotSup : escape(error); }

Result<struct ::stat> stat_of(os::Fd const& fd) {
    struct ::stat stat{};
    TRY(os::check(::fstat(fd.number(), &stat)));
    return stat;
}

} // namespace

Result<void> OpenDirectory::check_writable() const {
    if (mount_->access == Access::ReadOnly) return std::unexpected(Errno::RoFs);
    return {};
}

Result<os::Fd> OpenDirectory::open_path(std::string_view path, Follow follow) const {
    int const flags = O_PATH | (follow == Follow::Yes ? 0 : O_NOFOLLOW);
    auto opened = os::open_beneath(fd_, os::PathText{path}.c_str(), flags);
    if (!opened) return std::unexpected(escape(opened.error()));
    return opened;
}

// Without opening anything; of a single name by one call.
Result<struct ::stat> OpenDirectory::look(std::string_view path, Follow follow) const {
    if (single(path)) {
        struct ::stat status{};
        os::PathText const name{path};
        TRY(os::check(::fstatat(fd_.number(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW)));
        if (follow == Follow::No || !S_ISLNK(status.st_mode)) return status;
    }
    return stat_of(TRY(open_path(path, follow)));
}

// What is not lent is not opened to find that out; and looked at once more, for names change.
Result<Node> OpenDirectory::open_node(std::string_view path, OpenHow how) {
    bool const nothing_else = how.directory || (how.create && how.exclusive);
    if (mount_->looks == Looks::Itself && !nothing_else) {
        auto const seen = look(path, how.follow);
        bool const link = seen && S_ISLNK(seen->st_mode);
        if (seen && !link && !os::lent(*seen)) return std::unexpected(Errno::NotSup);
    }
    auto opened = os::open_beneath(
        fd_, os::PathText{path}.c_str(), linux_flags(how), how.create ? new_file_mode : 0
    );
    if (!opened) return std::unexpected(open_error(opened.error()));
    if (how.directory) return std::make_unique<OpenDirectory>(*std::move(opened), mount_);
    auto const stat = TRY(stat_of(*opened));
    if (S_ISDIR(stat.st_mode)) return std::make_unique<OpenDirectory>(*std::move(opened), mount_);
    if (!os::lent(stat)) return std::unexpected(Errno::NotSup);
    bool const read_only = mount_->access == Access::ReadOnly;
    return std::make_unique<OpenFile>(*std::move(opened), read_only);
}

// Looks first what is there, so that a change is refused for its own reason.
Result<Node> OpenDirectory::open_read_only(std::string_view path, OpenHow how) {
    bool const exclusive = how.create && how.exclusive;
    auto node = open_node(
        path, {.directory = how.directory, .follow = exclusive ? Follow::No : how.follow}
    );
    if (!node && how.create && node.error() == Errno::NoEnt) return std::unexpected(Errno::RoFs);
    if (exclusive && (node || node.error() == Errno::Loop)) return std::unexpected(Errno::Exist);
    if (!node) return node;
    bool const change = how.write || how.truncate;
    bool const directory = std::holds_alternative<std::unique_ptr<Directory>>(*node);
    if (directory && (change || how.create)) return std::unexpected(Errno::IsDir);
    if (change) return std::unexpected(Errno::RoFs);
    return node;
}

Result<Node> OpenDirectory::open(std::string_view path, OpenHow how) {
    std::string room;
    path = TRY(given_path(path, room));
    if (how.create && how.directory) return std::unexpected(Errno::Inval);
    if (mount_->access == Access::ReadOnly) return open_read_only(path, how);
    return open_node(path, how);
}

Result<Stat> OpenDirectory::stat() const { return convert(TRY(stat_of(fd_))); }

Result<Stat> OpenDirectory::stat(std::string_view path, Follow follow) const {
    std::string room;
    path = TRY(given_path(path, room));
    return convert(TRY(look(path, follow)));
}

Result<void> OpenDirectory::set_times(Times times) {
    TRY(check_writable());
    return os::done(::futimens(fd_.number(), convert(times).data()));
}

Result<void> OpenDirectory::set_times(std::string_view path, Times times, Follow follow) {
    std::string room;
    path = TRY(given_path(path, room));
    TRY(check_writable());
    auto const both = convert(times);
    if (single(path) && follow == Follow::No) {
        os::PathText const name{path};
        return os::done(::utimensat(fd_.number(), name.c_str(), both.data(), AT_SYMLINK_NOFOLLOW));
    }
    auto const opened = TRY(open_path(path, follow));
    return os::done(::utimensat(opened.number(), "", both.data(), AT_EMPTY_PATH));
}

Result<std::vector<Entry>> OpenDirectory::entries(std::uint64_t cookie, std::size_t room) {
    return listing_.entries(fd_, cookie, room);
}

Result<void> OpenDirectory::sync() { return os::done(::fsync(fd_.number())); }

} // namespace exec::vfs::host
