#pragma once

// Serves the host calls that concern files and sockets, within what this Keep may do.

#include "host/vmm/server/batch.hpp"
#include "host/vmm/server/handles.hpp"
#include "host/vmm/server/network.hpp"
#include "host/vmm/server/path_words.hpp"
#include "host/vmm/server/request.hpp"

namespace host::vmm {

struct Policy {
    Network network;
};

class Server {
public:
    explicit Server(Policy policy) : policy_{std::move(policy)} {}

    Policy const& policy() const { return policy_; }
    Handles& handles() { return handles_; }
    Batch& batch() { return batch_; }
    PathWords& path_words() { return words_; }
    base::Result<std::uint64_t> serve(Request const& request);
    // Of Call::Poll. Again: none is ready, and waiting is not wanted; the block is as it was.
    enum class Waiting : bool { Never, Allowed };
    base::Result<std::uint64_t> poll(Request const& request, Waiting waiting);

private:
    base::Result<std::uint64_t> serve_file(Request const& request);
    base::Result<std::uint64_t> serve_path(Request const& request);
    base::Result<std::uint64_t> serve_socket(Request const& request);
    base::Result<std::uint64_t> make_socket(Request const& request);
    base::Result<void> check_socket(Request const& request) const;
    base::Result<std::uint64_t> serve_events(Request const& request);
    base::Result<std::uint64_t> pipe(Request const& request);
    base::Result<std::uint64_t> keep(int number); // gives a new descriptor a handle

    Policy policy_;
    Handles handles_;
    PathWords words_;
    Batch batch_{handles_};
};

} // namespace host::vmm
