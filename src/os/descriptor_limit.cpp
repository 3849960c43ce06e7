#include "os/descriptor_limit.hpp"

#include <algorithm>

#include <sys/resource.h>

namespace os {

void allow_descriptors(std::uint64_t wanted) {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted) return;
    limit.rlim_cur = std::min<rlim_t>(wanted, limit.rlim_max);
    // Refused, it stays as it was: the application meets the limit a little earlier.
    static_cast<void>(::setrlimit(RLIMIT_NOFILE, &limit));
}

} // namespace os
