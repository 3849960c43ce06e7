#pragma once

// The descriptors that a Keep may name: numbers of their own, so that no other descriptor of this
// process is within reach.

#include "base/result.hpp"
#include "os/fd.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

namespace host::vmm {

// What a Keep may do with a file, and with all that it opens below it.
enum class Rights : std::uint8_t { ReadWrite, ReadOnly };

class Handles {
public:
    struct File {
        os::Fd descriptor;
        Rights rights;
        std::atomic<int> late_error = 0;  // errno that the next call on this socket tells
        std::atomic<int> kept_flags = -1; // shared_flags.hpp
        // What the Keep was given was connected by who gave it; only what it made itself it may
        // connect or bind, and only what it has bound it may listen on. Where it was given a
        // channel for visitors, it takes these in.
        enum class Socket : std::uint8_t { Given, Made, Bound, Channel };
        std::atomic<Socket> socket = Socket::Given;

        int number() const { return descriptor.number(); }
        bool read_only() const { return rights == Rights::ReadOnly; }
    };
    // A descriptor stays open while a call uses it, even if the Keep closes its handle meanwhile.
    using Open = std::shared_ptr<File>;

    base::Result<std::uint32_t> add(os::Fd file, Rights rights);
    base::Result<Open> find(std::uint64_t handle) const;
    base::Result<void> close(std::uint64_t handle);

private:
    // A handle is a place and how often that was closed: a call that is under way while another
    // thread closes its handle and opens something else finds nothing, and never the new file. Both
    // fit into a late send's 24 bits.
    static constexpr unsigned place_bits = 16;
    static constexpr std::size_t most = 1 << place_bits;
    struct Place {
        Open file;
        std::uint8_t times = 0;
    };

    Place const* place(std::uint64_t handle) const; // null: nothing is open by it

    mutable std::mutex mutex_;
    std::vector<Place> places_;
};

} // namespace host::vmm
