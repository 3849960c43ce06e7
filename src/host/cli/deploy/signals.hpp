#pragma once

// Signals as something to read, so that a Keep is told before the command ends.

#include "os/failure.hpp"
#include "os/fd.hpp"

namespace host::cli {

class Signals {
public:
    // From now on SIGINT, SIGTERM and SIGHUP reach neither this thread nor those that it makes.
    static os::OrFailure<Signals> taken();

    int number() const { return descriptor_.number(); } // ready when one has come
    int next() const;                                   // 0: none has

private:
    explicit Signals(os::Fd descriptor) : descriptor_{std::move(descriptor)} {}
    os::Fd descriptor_;
};

// As a program that took no care of it: what waits for this process sees the signal.
[[noreturn]] void die_by(int signal);

} // namespace host::cli
