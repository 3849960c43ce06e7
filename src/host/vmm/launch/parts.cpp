#include "host/vmm/launch/parts.hpp"

#include "os/check.hpp"
#include "os/failure.hpp"

#include <array>
#include <climits>

#include <unistd.h>

namespace host::vmm {

namespace {

// The folder of this program, without symbolic links.
base::Result<std::string> own_folder() {
    std::array<char, PATH_MAX> buffer{};
    auto const size = TRY(os::check(::readlink("/proc/self/exe", buffer.data(), buffer.size())));
    std::string const path{buffer.data(), static_cast<std::size_t>(size)};
    return path.substr(0, path.rfind('/'));
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
