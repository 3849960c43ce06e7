#include "os/standard_streams.hpp"

#include <algorithm>
#include <cstdlib>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <unistd.h>

namespace os {

namespace {

constexpr int end_of_inherited = 1024;

void close_if_inherited(int number) {
    int const flags = ::fcntl(number, F_GETFD);
    if (flags >= 0 && (flags & FD_CLOEXEC) == 0) ::close(number);
}

} // namespace

void secure_descriptors() {
    for (int number = 0; number <= STDERR_FILENO; ++number) {
        if (::fcntl(number, F_GETFD) >= 0) continue;
        // The lowest free number is this one, as those below are open by now.
        if (::open("/dev/null", number == STDIN_FILENO ? O_RDONLY : O_WRONLY) != number)
            ::_exit(EXIT_FAILURE);
    }
    (void)::close_range(end_of_inherited, ~0U, 0); // fails before Linux 5.9
}

// One call says which numbers are open; what lies in /proc would take a tenth of a millisecond. It
// asks for no more of them than this process may have open.
void close_inherited() {
    rlimit limit{};
    (void)::getrlimit(RLIMIT_NOFILE, &limit);
    auto const end = static_cast<int>(std::min<rlim_t>(limit.rlim_cur, end_of_inherited));
    std::vector<pollfd> all;
    for (int number = STDERR_FILENO + 1; number < end; ++number)
        all.push_back({.fd = number, .events = 0, .revents = 0});
    timespec const at_once{};
    bool const told = ::ppoll(all.data(), all.size(), &at_once, nullptr) >= 0;
    for (auto const& each : all)
        if (!told || (each.revents & POLLNVAL) == 0) close_if_inherited(each.fd);
}

} // namespace os
