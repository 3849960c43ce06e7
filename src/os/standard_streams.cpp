#include "os/standard_streams.hpp"

#include <cstdlib>

#include <fcntl.h>
#include <linux/close_range.h>
#include <unistd.h>

namespace os {

void secure_descriptors() {
    for (int number = 0; number <= STDERR_FILENO; ++number) {
        if (::fcntl(number, F_GETFD) >= 0) continue;
        // The lowest free number is this one, as those below are open by now.
        if (::open("/dev/null", number == STDIN_FILENO ? O_RDONLY : O_WRONLY) != number)
            ::_exit(EXIT_FAILURE);
    }
    // Before Linux 5.11 this fails; then a program that is started inherits what this one did.
    (void)::close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
}

} // namespace os
