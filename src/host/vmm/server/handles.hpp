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

class Handles {
public:
    struct File {
        os::Fd descriptor;
        std::atomic<int> late_error = 0;  // errno that the next call on this socket tells
        std::atomic<int> kept_flags = -1; // shared_flags.hpp

        int number() const { return descriptor.number(); }
    };
    // A descriptor stays open while a call uses it, even if the Keep closes its handle meanwhile.
    using Open = std::shared_ptr<File>;

    base::Result<std::uint32_t> add(os::Fd file);
    base::Result<Open> find(std::uint64_t handle) const;
    base::Result<void> close(std::uint64_t handle);

private:
    static constexpr std::size_t most = 65536;

    mutable std::mutex mutex_;
    std::vector<Open> open_;
};

} // namespace host::vmm
