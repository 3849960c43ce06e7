#include "keep/exec/vfs/host.hpp"
#include "keep/exec/vfs/host/open_directory.hpp"
#include "os/beneath.hpp"

#include <fcntl.h>

namespace exec::vfs {

Result<std::unique_ptr<Directory>> make_host(os::Fd const& directory, Access access) {
    // Opened anew: for reading, with an offset of its own, and by the call that all else depends
    // on.
    auto root = TRY(os::open_beneath(directory, ".", O_RDONLY | O_DIRECTORY));
    auto mount = std::make_shared<host::Mount const>(access);
    return std::make_unique<host::OpenDirectory>(std::move(root), std::move(mount));
}

} // namespace exec::vfs
