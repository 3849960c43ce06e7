#include "os/beneath.hpp"

#include "os/check.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace os {

namespace {

// The kernel gives up, with EAGAIN, on a ".." while someone renames anything anywhere.
constexpr unsigned most_tries = 128;

} // namespace

base::Result<Fd> open_beneath(Fd const& directory, char const* path, int flags, unsigned mode) {
    ::open_how const how{
        .flags = static_cast<unsigned>(flags) | O_CLOEXEC,
        .mode = mode,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
    };
    long opened = -1;
    for (unsigned tries = 0; tries < most_tries; ++tries) {
        opened = ::syscall(SYS_openat2, directory.number(), path, &how, sizeof how);
        if (opened >= 0 || (errno != EAGAIN && errno != EINTR)) break;
    }
    return check_fd(static_cast<int>(opened));
}

} // namespace os
