#pragma once

// A program as a process of its own: it begins with nothing of ours but what it is given, and does
// not outlive us.

#include "base/result.hpp"
#include "os/fd.hpp"

#include <string>
#include <vector>

#include <sys/types.h>

namespace host::serve {

struct ChildOrder {
    std::string program;            // a path
    std::vector<std::string> words; // the first one is its own name
    std::vector<std::string> environment;
    int input = -1;        // its standard input; negative: nothing
    bool outlives = false; // this process, and ends by itself
};

struct ChildEnd {
    bool by_signal = false;
    int number = 0; // of the signal, or the exit status
};

struct Child {
    pid_t process = 0;
    os::Fd watch;    // readable when it has ended
    os::Fd messages; // the reading end of its standard output and error
};

// The error is that of execve, too. The thread that calls this has to live as long as the child
// may.
base::Result<Child> start_child(ChildOrder const& order);

void send_signal(Child const& child, int signal); // to it and what it has started

// Of a child that has ended; what it started and left behind ends now.
base::Result<ChildEnd> reap(Child const& child);

// The variables of this process that a program of ours may know: where things lie, and the
// language. No secret that somebody has put beside them.
std::vector<std::string> plain_environment();

} // namespace host::serve
