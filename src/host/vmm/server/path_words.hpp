#pragma once

// What system calls on paths get by pointer and a filter cannot look at, kept where nobody can
// change it any more: so the filter need only compare the pointer.
//
// openat2(2) is told by a structure how far a path may lead. Its last word, which says "not out of
// the folder", begins a page that can only be read; what differs from call to call, flags and mode,
// ends the page before it. The empty path, which makes a call act on the descriptor that comes with
// it, lies in such a page, too. All pages lie below 4 GiB, where the filter
// (backend/kvm/confinement.cpp) lets nobody map, unmap or protect anything.

#include "base/result.hpp"
#include "os/fd.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <string>

#include <linux/openat2.h>

namespace host::vmm {

class PathWords {
public:
    static constexpr std::size_t slots = 4; // calls at the same time; further ones wait

    // Takes its pages at its first use: a Keep without a folder needs none.
    base::Result<void> prepare();

    // As os::open_beneath().
    base::Result<os::Fd>
    open(os::Fd const& folder, std::string const& path, int flags, unsigned mode = 0);
    // Never null once prepared.
    char const* empty() const { return empty_; }

    // Where the filter finds them: addresses below 4 GiB.
    std::array<std::uint32_t, slots> addresses() const;
    std::uint32_t empty_address() const;

private:
    struct Slot {
        std::mutex busy;
        ::open_how* how = nullptr;
    };

    std::once_flag once_;
    base::Errno error_ = base::Errno::NoMem;
    std::array<Slot, slots> slots_;
    char const* empty_ = nullptr;

    void map();
};

} // namespace host::vmm
