#include "keep/exec/vfs/host.hpp"
#include "keep/exec/vfs/host/open_directory.hpp"
#include "os/beneath.hpp"
#include "protocol/launch/traits.hpp"

#include <cerrno>

#include <fcntl.h>
#include <sys/auxv.h>

namespace exec::vfs {

namespace {

// In a Keep, of which its shim says so, the host's server looks before it opens.
host::Looks who_looks() {
    errno = 0;
    static_cast<void>(::getauxval(protocol::launch::traits_entry));
    return errno == ENOENT ? host::Looks::Itself : host::Looks::Host;
}

} // namespace

Result<std::unique_ptr<Directory>> make_host(os::Fd const& directory, Access access) {
    // Opened anew: for reading, with an offset of its own, and by the call that all else depends
    // on.
    auto root = TRY(os::open_beneath(directory, ".", O_RDONLY | O_DIRECTORY));
    auto mount = std::make_shared<host::Mount const>(access, who_looks());
    return std::make_unique<host::OpenDirectory>(std::move(root), std::move(mount));
}

} // namespace exec::vfs
