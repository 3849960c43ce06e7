#include "host/vmm/launch/parts.hpp"

#include "os/check.hpp"
#include "os/failure.hpp"

#include <array>
#include <climits>

#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

namespace host::vmm {

namespace {

std::string folder_of(std::string const& path) { return path.substr(0, path.rfind('/')); }

// The path that this program was started by, if no symbolic link of that name leads elsewhere.
std::string started_as() {
    // Safety: the system leaves a string there, or 0.
    auto const* path = reinterpret_cast<char const*>(::getauxval(AT_EXECFN));
    struct stat status{};
    if (path == nullptr || ::lstat(path, &status) != 0 || !S_ISREG(status.st_mode)) return {};
    return path;
}

// The folder of this program. What is below /proc/self comes into being when it is asked for and
// goes with the process, some 0.1 ms, so that is the second way.
base::Result<std::string> own_folder() {
    if (auto const path = started_as(); path.contains('/')) return folder_of(path);
    std::array<char, PATH_MAX> buffer{};
    auto const size = TRY(os::check(::readlink("/proc/self/exe", buffer.data(), buffer.size())));
    return folder_of({buffer.data(), static_cast<std::size_t>(size)});
}

} // namespace

os::OrFailure<std::string> find_part(std::string_view name) {
    static auto const folder = own_folder(); // the program does not move while it runs
    if (!folder)
        return std::unexpected(
            os::Failure{
                "part-missing",
                "/proc/self/exe cannot be read: " + std::string{os::description(folder.error())},
                "Enarx needs /proc"
            }
        );
    std::string const part{name};
    for (auto const* place : {"/libexec/enarx/", "/../libexec/enarx/"})
        if (auto path = *folder + place + part; ::access(path.c_str(), X_OK) == 0) return path;
    return std::unexpected(
        os::Failure{
            "part-missing",
            "'" + part + "' lies neither in " + *folder + "/libexec/enarx/ nor in " + *folder +
                "/../libexec/enarx/"
        }
    );
}

} // namespace host::vmm
