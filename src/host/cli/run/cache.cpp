#include "host/cli/run/cache.hpp"

#include "host/cli/report.hpp"
#include "os/check.hpp"
#include "os/failure.hpp"

#include <cstdlib>
#include <string>

#include <fcntl.h>
#include <sys/stat.h>

namespace host::cli {

namespace {

constexpr unsigned own_only = 0700;

// The folder that holds all caches of this user; empty if nothing says where.
std::string parent() {
    // XDG Base Directory Specification: a relative path is to be ignored.
    if (auto const* xdg = std::getenv("XDG_CACHE_HOME"); xdg != nullptr && xdg[0] == '/')
        return xdg;
    auto const* home = std::getenv("HOME");
    return home != nullptr && home[0] == '/' ? std::string{home} + "/.cache" : "";
}

base::Result<os::Fd> open_folder(std::string const& path) {
    return os::check_fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

base::Result<os::Fd> make_folder(std::string const& above, std::string const& path) {
    (void)::mkdir(above.c_str(), own_only); // what goes wrong here shows in the next call
    if (::mkdir(path.c_str(), own_only) != 0 && errno != EEXIST)
        return std::unexpected(os::last_error());
    return open_folder(path);
}

std::unexpected<os::Failure> unavailable(std::string const& path, std::string const& why) {
    return failure("cache-unavailable", '\'' + path + "': " + why);
}

} // namespace

os::OrFailure<Cache> open_cache(std::string const& use) {
    auto const above = parent();
    if (above.empty())
        return failure("cache-unavailable", "neither XDG_CACHE_HOME nor HOME names a folder");
    auto const path = above + "/enarx";
    auto folder = open_folder(path);
    if (!folder && folder.error() == base::Errno::NoEnt) folder = make_folder(above, path);
    if (!folder) return unavailable(path, std::string{os::description(folder.error())});
    struct ::stat status{};
    if (::fstat(folder->number(), &status) != 0 || status.st_uid != ::geteuid() ||
        (status.st_mode & 022U) != 0)
        return unavailable(path, "it belongs to another user, or others may write to it");
    os::Folder all{*std::move(folder)};
    auto inner = all.own_folder(use);
    if (!inner && inner.error() == base::Errno::Perm)
        return unavailable(path + '/' + use, "it must be this user's own, with mode 0700");
    if (!inner) return unavailable(path + '/' + use, std::string{os::description(inner.error())});
    return Cache{.all = std::move(all), .folder = *std::move(inner)};
}

} // namespace host::cli
