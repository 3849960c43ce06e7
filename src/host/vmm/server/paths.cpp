// Host calls that name a path. None leaves the folder whose handle came with it: openat2 resolves,
// nothing else does, and what it has opened is looked at, opened or changed by its descriptor.

#include "host/vmm/server/names.hpp"
#include "host/vmm/server/place.hpp"
#include "host/vmm/server/server.hpp"
#include "os/beneath.hpp"
#include "os/check.hpp"
#include "os/device.hpp"
#include "os/status.hpp"

#include <array>
#include <cstring>

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace host::vmm {

using base::Errno;
using protocol::hostcall::Call;

namespace {

base::Result<std::uint64_t> nothing(long answer) {
    if (answer < 0) return std::unexpected(os::last_error());
    return 0;
}

// The file itself, for calls that look at it or change what belongs to it; `flags` are AT_ flags.
base::Result<Handles::Open> target(PathWords& words, Request const& request, int flags) {
    if (request.text(1).empty() && (flags & AT_EMPTY_PATH) != 0) return request.open(0);
    int const link = (flags & AT_SYMLINK_NOFOLLOW) != 0 ? O_NOFOLLOW : 0;
    return open_in(words, request.open(0), request.text(1), O_PATH | link);
}

base::Result<std::uint64_t> file_status(PathWords& words, Request const& request) {
    auto const out = request.buffer(2);
    if (out.size() != sizeof(struct stat)) return std::unexpected(Errno::Proto);
    auto const file = TRY(target(words, request, request.number(3)));
    auto const status = TRY(os::status_of(file->descriptor));
    std::memcpy(out.data(), &status, sizeof status);
    return 0;
}

base::Result<std::uint64_t> extended_status(PathWords& words, Request const& request) {
    struct statx status{};
    if (request.buffer(4).size() != sizeof status) return std::unexpected(Errno::Proto);
    TRY(words.prepare());
    auto const file = TRY(target(words, request, request.number(2)));
    auto const wanted = static_cast<unsigned>(request.value(3));
    TRY(os::done(::statx(file->number(), words.empty(), AT_EMPTY_PATH, wanted, &status)));
    std::memcpy(request.buffer(4).data(), &status, sizeof status);
    return 0;
}

base::Result<std::uint64_t> read_link(PathWords& words, Request const& request) {
    auto const out = request.buffer(2);
    TRY(words.prepare());
    bool const itself = request.text(1).empty();
    auto const link = TRY(target(words, request, itself ? AT_EMPTY_PATH : AT_SYMLINK_NOFOLLOW));
    // Safety: any byte may be written as a char.
    auto* const text = reinterpret_cast<char*>(out.data());
    auto const size = os::check(::readlinkat(link->number(), words.empty(), text, out.size()));
    // So the kernel says of an open file that it is no symbolic link; of a path it says Inval.
    if (!size && size.error() == Errno::NoEnt && !itself) return std::unexpected(Errno::Inval);
    return static_cast<std::uint64_t>(TRY(size));
}

base::Result<std::uint64_t> set_times(PathWords& words, Request const& request) {
    auto const in = request.buffer(2);
    std::array<timespec, 2> times{};
    if (!in.empty() && in.size() != sizeof times) return std::unexpected(Errno::Proto);
    std::memcpy(times.data(), in.data(), in.size());
    TRY(words.prepare());
    auto const file = TRY(target(words, request, request.number(3)));
    auto const* const chosen = in.empty() ? nullptr : times.data();
    return nothing(::utimensat(file->number(), words.empty(), chosen, AT_EMPTY_PATH));
}

base::Result<std::uint64_t> may_access(PathWords& words, Request const& request) {
    TRY(words.prepare());
    auto const file = TRY(target(words, request, request.number(3)));
    return nothing(
        ::syscall(SYS_faccessat2, file->number(), words.empty(), request.number(2), AT_EMPTY_PATH)
    );
}

// What open(2) knows, without that the opener is sent signals. O_SYNC holds O_DSYNC, and O_TMPFILE
// O_DIRECTORY.
constexpr int known_flags = O_ACCMODE | O_CREAT | O_EXCL | O_TRUNC | O_APPEND | O_NONBLOCK |
                            O_SYNC | O_DIRECT | O_LARGEFILE | O_NOFOLLOW | O_NOATIME | O_PATH |
                            O_TMPFILE;
static_assert((known_flags & O_DSYNC) != 0 && (known_flags & O_DIRECTORY) != 0);
constexpr int flags_of_path = O_PATH | O_DIRECTORY | O_NOFOLLOW;

// What is not lent is not opened to find that out. What cannot be looked at is for the kernel to
// answer, as is a link that nobody follows.
base::Result<void>
look_first(PathWords& words, os::Fd const& folder, std::string const& path, int wanted) {
    constexpr int new_file = O_CREAT | O_EXCL;
    if ((wanted & O_DIRECTORY) != 0 || (wanted & new_file) == new_file) return {}; // nothing else
    auto const there = words.open(folder, path, O_PATH | (wanted & O_NOFOLLOW));
    if (!there) return {};
    auto const status = TRY(os::status_of(*there));
    if (!os::lent(status) && !S_ISLNK(status.st_mode)) return std::unexpected(Errno::NotSup);
    return {};
}

// Opened without waiting, and looked at once more, for names change: for the other end of a pipe it
// would be for ever.
base::Result<os::Fd> open_file(PathWords& words, Request const& request) {
    auto const wanted = request.number(2);
    auto const& folder = request.open(0)->descriptor;
    if ((wanted & O_PATH) != 0) return words.open(folder, request.text(1), wanted & flags_of_path);
    bool const makes = (wanted & O_CREAT) != 0 || (wanted & O_TMPFILE) == O_TMPFILE;
    auto const mode = makes ? static_cast<unsigned>(request.value(3)) & new_file_rights : 0;
    TRY(look_first(words, folder, request.text(1), wanted));
    int const flags = (wanted & known_flags) | O_NONBLOCK | O_NOCTTY;
    auto file = TRY(words.open(folder, request.text(1), flags, mode));
    if (!os::lent(TRY(os::status_of(file)))) return std::unexpected(Errno::NotSup);
    if ((wanted & O_NONBLOCK) == 0)
        TRY(os::done(::fcntl(file.number(), F_SETFL, wanted & (O_APPEND | O_DIRECT | O_NOATIME))));
    return file;
}

// Flags of openat2 that ask for more than is kept anyway are not known here.
constexpr std::uint64_t known_resolve = os::beneath;

} // namespace

base::Result<std::uint64_t> Server::serve_path(Request const& request) {
    switch (request.call()) {
    case Call::OpenAt:
        if ((request.value(4) & ~known_resolve) != 0) return std::unexpected(Errno::Inval);
        return handles_.add(TRY(open_file(words_, request)), request.open(0)->rights);
    case Call::FstatAt:
        return file_status(words_, request);
    case Call::Statx:
        return extended_status(words_, request);
    case Call::ReadlinkAt:
        return read_link(words_, request);
    case Call::UtimensAt:
        return set_times(words_, request);
    case Call::FaccessAt:
        return may_access(words_, request);
    case Call::LinkAt:
        return serve_link(words_, request);
    case Call::RenameAt:
        return serve_rename(words_, request);
    case Call::SymlinkAt:
        return serve_symlink(words_, request);
    case Call::MkdirAt:
        return serve_mkdir(words_, request);
    case Call::UnlinkAt:
        return serve_unlink(words_, request);
    default:
        return std::unexpected(Errno::NoSys);
    }
}

} // namespace host::vmm
