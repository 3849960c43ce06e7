#pragma once

// The folder of `enarx serve`: sockets of Keeps, and the cache of packages. One process has it.

#include "host/serve/child.hpp"
#include "os/failure.hpp"
#include "os/folder.hpp"

#include <string>

namespace host::serve {

class State {
public:
    // Makes what is missing. `program`: this one, which removes the sockets as `enarx
    // serve-sweeper` when this process is gone, however that came.
    static os::OrFailure<State> open(std::string const& path, std::string const& program);

    State(State&&) noexcept = default;
    State& operator=(State&&) = delete;
    State(State const&) = delete;
    State& operator=(State const&) = delete;
    ~State();

    std::string sockets() const { return path_ + "/keeps"; }
    std::string blobs() const { return path_ + "/blobs/sha256"; }

private:
    State(std::string path, os::Fd lock) : path_{std::move(path)}, lock_{std::move(lock)} {}

    std::string path_; // absolute; a moved-from one is empty
    os::Fd lock_;
    os::Fd alive_; // the sweeper reads its other end
    Child sweeper_;
};

// What the sweeper does: waits for the end of standard input, then removes the folder.
void sweep_when_alone(std::string const& folder);

} // namespace host::serve
