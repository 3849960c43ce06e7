#pragma once

// What the system says of an open file: by fstat(2) and no other call. The C library's function of
// that name asks with an empty path, which a filter of system calls cannot tell from another path.

#include "base/result.hpp"
#include "os/check.hpp"

#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace os {

inline base::Result<struct ::stat> status_of(Fd const& file) {
    struct ::stat status{};
    TRY(check(::syscall(SYS_fstat, file.number(), &status)));
    return status;
}

} // namespace os
