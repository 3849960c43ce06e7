#pragma once

// How a Keep is reached: directly, by its own socket, or through a host that starts it.

#include "net/channel.hpp"
#include "os/failure.hpp"

#include <memory>
#include <string>

namespace host::cli {

// Why there is no connection now. `again`: there may be one later.
struct Unreached {
    os::Failure failure;
    bool again = false;
};
template <class T> using OrUnreached = base::Result<T, Unreached>;

class Reach {
public:
    Reach() = default;
    Reach(Reach const&) = delete;
    Reach& operator=(Reach const&) = delete;
    virtual ~Reach() = default;

    // An empty Keep that is ours to provision. What takes long is left where `stop`, a descriptor,
    // is ready; the Keep may be there all the same.
    virtual os::OrFailure<void> start(int stop) = 0;
    // A connection to it, each time a new one.
    virtual OrUnreached<net::Channel::Parts> connect() = 0;
    // The Keep is no longer needed, whatever runs in it.
    virtual void end() = 0;
    // By which words `enarx attach` finds it again: "--keep SOCKET".
    virtual std::string words() const = 0;
    virtual std::string id() const = 0; // at its host; of a socket: its path
};

// A Keep that waits at this path (`enarx keep --channel`).
std::unique_ptr<Reach> reach_socket(std::string path);

} // namespace host::cli
