#include "os/beneath.hpp"

#include "os/check.hpp"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace os {

namespace {

// The kernel gives up, with EAGAIN, on a ".." while someone renames anything anywhere.
constexpr unsigned most_tries = 128;

} // namespace

std::uint64_t beneath_flags(int flags) { return static_cast<unsigned>(flags) | O_CLOEXEC; }

base::Result<Fd> open_beneath(Fd const& directory, char const* path, ::open_how const& how) {
    long opened = -1;
    for (unsigned tries = 0; tries < most_tries; ++tries) {
        opened = ::syscall(SYS_openat2, directory.number(), path, &how, sizeof how);
        if (opened >= 0 || (errno != EAGAIN && errno != EINTR)) break;
    }
    return check_fd(static_cast<int>(opened));
}

base::Result<Fd> open_beneath(Fd const& directory, char const* path, int flags, unsigned mode) {
    return open_beneath(
        directory, path, {.flags = beneath_flags(flags), .mode = mode, .resolve = beneath}
    );
}

} // namespace os
