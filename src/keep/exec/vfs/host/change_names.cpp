// What reads and changes the names of a host mount. Each acts on the last component of a path, in
// its directory, and no call here follows a symbolic link by itself.

#include "keep/exec/vfs/host/convert.hpp"
#include "keep/exec/vfs/host/open_directory.hpp"
#include "keep/exec/vfs/host/parent.hpp"
#include "keep/exec/vfs/host/spelling.hpp"
#include "keep/exec/vfs/path.hpp"
#include "os/check.hpp"
#include "os/path_text.hpp"

#include <array>
#include <cstdio>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace exec::vfs::host {

using base::Errno;

namespace {

constexpr unsigned new_directory_mode = 0777; // less the umask

// An empty name reads the link that `directory` itself is a descriptor of.
Result<std::string> read_target(int directory, char const* name) {
    std::array<char, longest_path + 1> text; // no initializer: only what the call fills is read
    auto const size = static_cast<std::size_t>(
        TRY(os::check(::readlinkat(directory, name, text.data(), text.size())))
    );
    if (size == 0 || size > text.size()) return std::unexpected(Errno::Proto);
    if (size == text.size()) return std::unexpected(Errno::NameTooLong);
    return std::string{text.data(), size};
}

} // namespace

Result<OpenDirectory*> OpenDirectory::same_mount(Directory& other) const {
    auto* const directory = dynamic_cast<OpenDirectory*>(&other);
    if (directory == nullptr || directory->mount_ != mount_) return std::unexpected(Errno::XDev);
    return directory;
}

Result<void> OpenDirectory::create_directory(std::string_view path) {
    std::string room;
    path = TRY(given_path(path, room));
    TRY(check_writable());
    auto const parent = TRY(Parent::open(fd_, path));
    return os::done(::mkdirat(parent.directory(), parent.name(), new_directory_mode));
}

Result<void> OpenDirectory::remove(std::string_view path, int flags) {
    std::string room;
    path = TRY(given_path(path, room));
    TRY(check_writable());
    auto const parent = TRY(Parent::open(fd_, path));
    return os::done(::unlinkat(parent.directory(), parent.name(), flags));
}

Result<void> OpenDirectory::remove_directory(std::string_view path) {
    return remove(path, AT_REMOVEDIR);
}

Result<void> OpenDirectory::unlink(std::string_view path) { return remove(path, 0); }

Result<void> OpenDirectory::rename(std::string_view from, Directory& to, std::string_view to_path) {
    std::string room;
    std::string to_room;
    from = TRY(given_path(from, room));
    to_path = TRY(given_path(to_path, to_room));
    auto* const to_directory = TRY(same_mount(to));
    TRY(check_writable());
    auto const source = TRY(Parent::open(fd_, from));
    auto const target = TRY(Parent::open(to_directory->fd_, to_path));
    return os::done(
        ::renameat(source.directory(), source.name(), target.directory(), target.name())
    );
}

// The path of what `path` leads to, where the last component is no symbolic link. That linkat(2)
// follows one itself would leave the mount, and the other way to link an open file needs a
// privilege or /proc.
Result<std::string> OpenDirectory::follow_links(std::string_view path) const {
    std::string at{without_slashes(path)};
    for (unsigned links = 0; links <= most_links; ++links) {
        auto const target = link_text(at);
        if (!target && target.error() == Errno::Inval) return at;
        if (!target) return std::unexpected(target.error());
        if (target->front() == '/') return std::unexpected(Errno::Perm);
        at = std::string{split(at).parent} + *target;
        if (at.size() > longest_path) return std::unexpected(Errno::NameTooLong);
    }
    return std::unexpected(Errno::Loop);
}

// The path of what link() gives a name, for a call that neither follows a link nor sees a slash
// behind it. Slashes lead through a link, to nothing but a directory.
Result<std::string> OpenDirectory::to_link(std::string_view path, Follow follow) const {
    bool const slash = split(path).slash;
    if (slash) TRY(open_path(path, Follow::Yes));
    if (!slash && follow == Follow::No) return std::string{path};
    return follow_links(path);
}

Result<void>
OpenDirectory::link(std::string_view from, Follow follow, Directory& to, std::string_view to_path) {
    std::string room;
    std::string to_room;
    from = TRY(given_path(from, room));
    to_path = TRY(given_path(to_path, to_room));
    auto* const to_directory = TRY(same_mount(to));
    TRY(check_writable());
    auto const linked = TRY(to_link(from, follow));
    auto const source = TRY(Parent::open(fd_, linked));
    auto const target = TRY(Parent::open(to_directory->fd_, to_path));
    return os::done(
        ::linkat(source.directory(), source.name(), target.directory(), target.name(), 0)
    );
}

Result<void> OpenDirectory::symlink(std::string_view target, std::string_view path) {
    std::string room;
    std::string target_room;
    TRY(check_target(target));
    target = TRY(meant(target, target_room));
    path = TRY(given_path(path, room));
    TRY(check_writable());
    auto const parent = TRY(Parent::open(fd_, path));
    os::PathText const text{target};
    return os::done(::symlinkat(text.c_str(), parent.directory(), parent.name()));
}

Result<std::string> OpenDirectory::read_link(std::string_view path) const {
    std::string room;
    path = TRY(given_path(path, room));
    return shown(TRY(link_text(path)));
}

// The same in the host's bytes.
Result<std::string> OpenDirectory::link_text(std::string_view path) const {
    if (single(path)) return read_target(fd_.number(), os::PathText{path}.c_str());
    auto const opened = TRY(open_path(path, Follow::No));
    auto target = read_target(opened.number(), "");
    // So the kernel says of an open file that it is no symbolic link.
    if (!target && target.error() == Errno::NoEnt) return std::unexpected(Errno::Inval);
    return target;
}

} // namespace exec::vfs::host
