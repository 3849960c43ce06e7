#pragma once

// For tests: what a process that is confined as a Keep's is may do.

#include "host/vmm/backend/kvm/confinement.hpp"

#include <cerrno>

#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace host::vmm::kvm {

// The error number of a call that such a process makes; 0 if it succeeds. 255: it could not be
// confined; 254: it is not.
template <class Attempt> int error_in_there(Needs const& needs, int landlock, Attempt attempt) {
    auto const child = ::fork();
    if (child == 0) {
        if (!confine(needs, landlock)) ::_exit(255);
        if (::syscall(SYS_getppid) != -1) ::_exit(254); // no Keep needs it
        errno = 0;
        ::_exit(attempt() < 0 ? errno : 0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

} // namespace host::vmm::kvm
