// Host calls that name a path. None leaves the folder whose handle came with it: openat2 resolves,
// nothing else does.

#include "host/vmm/server/server.hpp"
#include "os/beneath.hpp"
#include "os/check.hpp"

#include <cstdio>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace host::vmm {

using protocol::hostcall::Call;

namespace {

// The folder in which the path's last part lies, held open, and that part.
struct Place {
    Handles::Open folder;
    std::string name;
};

base::Result<Handles::Open>
open_in(Handles::Open const& folder, std::string const& path, int flags) {
    return std::make_shared<Handles::File>(
        TRY(os::open_beneath(folder->descriptor, path.c_str(), flags)), folder->rights
    );
}

base::Result<Place> place_of(Handles::Open const& folder, std::string path) {
    if (path.empty()) return std::unexpected(base::Errno::NoEnt);
    bool const slash = path.back() == '/';
    while (path.size() > 1 && path.back() == '/') path.pop_back();
    auto const last = path.rfind('/');
    std::string name = last == std::string::npos ? path : path.substr(last + 1);
    // The last part is a name of the folder, never a way out of it.
    if (name == ".." || name == ".") return std::unexpected(base::Errno::Inval);
    if (slash) name += '/';
    if (last == std::string::npos) return Place{folder, std::move(name)};
    auto const parent = path.substr(0, last == 0 ? 1 : last);
    return Place{TRY(open_in(folder, parent, O_PATH | O_DIRECTORY)), std::move(name)};
}

base::Result<std::uint64_t> nothing(int answer) {
    if (answer < 0) return std::unexpected(os::last_error());
    return 0;
}

// The file itself, for calls that look at it; `flags` are AT_ flags.
base::Result<Handles::Open> target(Request const& request, int flags) {
    if (request.text(1).empty() && (flags & AT_EMPTY_PATH)) return request.open(0);
    return open_in(
        request.open(0), request.text(1), O_PATH | (flags & AT_SYMLINK_NOFOLLOW ? O_NOFOLLOW : 0)
    );
}

base::Result<std::uint64_t> file_status(Request const& request) {
    struct stat status{};
    if (request.buffer(2).size() != sizeof status) return std::unexpected(base::Errno::Proto);
    auto const file = TRY(target(request, request.number(3)));
    if (::fstat(file->number(), &status) != 0) return std::unexpected(os::last_error());
    std::memcpy(request.buffer(2).data(), &status, sizeof status);
    return 0;
}

base::Result<std::uint64_t> extended_status(Request const& request) {
    struct statx status{};
    if (request.buffer(4).size() != sizeof status) return std::unexpected(base::Errno::Proto);
    auto const file = TRY(target(request, request.number(2)));
    if (::statx(
            file->number(), "", AT_EMPTY_PATH, static_cast<unsigned>(request.value(3)), &status
        ) != 0)
        return std::unexpected(os::last_error());
    std::memcpy(request.buffer(4).data(), &status, sizeof status);
    return 0;
}

base::Result<std::uint64_t> read_link(Request const& request) {
    auto const out = request.buffer(2);
    auto const link = TRY(open_in(request.open(0), request.text(1), O_PATH | O_NOFOLLOW));
    auto const size =
        ::readlinkat(link->number(), "", reinterpret_cast<char*>(out.data()), out.size());
    if (size < 0) return std::unexpected(os::last_error());
    return static_cast<std::uint64_t>(size);
}

base::Result<std::uint64_t> set_times(Request const& request) {
    auto const in = request.buffer(2);
    std::array<timespec, 2> times{};
    if (!in.empty() && in.size() != sizeof times) return std::unexpected(base::Errno::Proto);
    std::memcpy(times.data(), in.data(), in.size());
    auto const* const chosen = in.empty() ? nullptr : times.data();
    if (request.text(1).empty() && (request.number(3) & AT_EMPTY_PATH))
        return nothing(::utimensat(request.file(0), "", chosen, AT_EMPTY_PATH));
    if (request.text(1).empty()) return nothing(::futimens(request.file(0), chosen));
    if (request.number(3) & AT_SYMLINK_NOFOLLOW) {
        auto const place = TRY(place_of(request.open(0), request.text(1)));
        return nothing(
            ::utimensat(place.folder->number(), place.name.c_str(), chosen, AT_SYMLINK_NOFOLLOW)
        );
    }
    auto const file = TRY(open_in(request.open(0), request.text(1), O_PATH));
    return nothing(::utimensat(file->number(), "", chosen, AT_EMPTY_PATH));
}

base::Result<std::uint64_t> may_access(Request const& request) {
    auto const file = TRY(target(request, request.number(3)));
    return nothing(
        static_cast<int>(
            ::syscall(SYS_faccessat2, file->number(), "", request.number(2), AT_EMPTY_PATH)
        )
    );
}

base::Result<std::uint64_t> change_two(Request const& request) {
    auto const from = TRY(place_of(request.open(0), request.text(1)));
    auto const to = TRY(place_of(request.open(2), request.text(3)));
    if (request.call() == Call::LinkAt)
        return nothing(
            ::linkat(
                from.folder->number(), from.name.c_str(), to.folder->number(), to.name.c_str(), 0
            )
        );
    return nothing(
        ::renameat2(
            from.folder->number(),
            from.name.c_str(),
            to.folder->number(),
            to.name.c_str(),
            static_cast<unsigned>(request.value(4))
        )
    );
}

} // namespace

base::Result<std::uint64_t> Server::serve_path(Request const& request) {
    switch (request.call()) {
    case Call::OpenAt: {
        auto file =
            TRY(os::open_beneath(
                request.open(0)->descriptor,
                request.text(1).c_str(),
                request.number(2),
                static_cast<unsigned>(request.value(3))
            ));
        return handles_.add(std::move(file), request.open(0)->rights);
    }
    case Call::FstatAt:
        return file_status(request);
    case Call::Statx:
        return extended_status(request);
    case Call::ReadlinkAt:
        return read_link(request);
    case Call::UtimensAt:
        return set_times(request);
    case Call::FaccessAt:
        return may_access(request);
    case Call::LinkAt:
    case Call::RenameAt:
        return change_two(request);
    case Call::SymlinkAt: {
        auto const place = TRY(place_of(request.open(1), request.text(2)));
        return nothing(
            ::symlinkat(request.text(0).c_str(), place.folder->number(), place.name.c_str())
        );
    }
    case Call::MkdirAt: {
        auto const place = TRY(place_of(request.open(0), request.text(1)));
        return nothing(
            ::mkdirat(
                place.folder->number(), place.name.c_str(), static_cast<mode_t>(request.value(2))
            )
        );
    }
    case Call::UnlinkAt: {
        auto const place = TRY(place_of(request.open(0), request.text(1)));
        return nothing(
            ::unlinkat(place.folder->number(), place.name.c_str(), request.number(2) & AT_REMOVEDIR)
        );
    }
    default:
        return std::unexpected(base::Errno::NoSys);
    }
}

} // namespace host::vmm
