// Listens and connects as Enarx.toml says.

#include "keep/exec/workload/sockets.hpp"

namespace exec {

os::OrFailure<std::unique_ptr<net::Listener>> make_listener(package::Listen const& wanted) {
    return std::unexpected(os::Failure{"internal", "sockets are not there yet: " + wanted.name});
}

os::OrFailure<std::unique_ptr<net::Connection>> make_connection(package::Connect const& wanted) {
    return std::unexpected(os::Failure{"internal", "sockets are not there yet: " + wanted.name});
}

} // namespace exec
