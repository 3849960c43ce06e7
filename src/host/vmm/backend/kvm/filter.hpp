#pragma once

// The program of a system-call filter (seccomp_filter.rst of the kernel's documentation), short to
// run: it searches where a list would be gone through. The kernel runs it once for each number of a
// system call when it is set, and a Keep sets it at each start.

#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <linux/filter.h>

namespace host::vmm::kvm {

// An instruction, by how many come behind it.
using Place = std::size_t;

// From `first` on, up to the next range's: go to `target`.
struct Range {
    std::uint32_t first;
    Place target;
};

// Written from its end to its beginning, so that every jump's target is there before the jump.
// Whatever does not end the program goes on with what was written before it.
class Filter {
public:
    Place load(std::uint32_t offset); // of struct seccomp_data
    Place answer(std::uint32_t action);
    // By whether the loaded word has a bit of `bits`.
    Place by_bits(std::uint32_t bits, Place with, Place without);
    Place by_value(std::uint32_t value, Place equal, Place other);
    // By the range in which the loaded word lies; the first one begins with 0.
    Place by_range(std::span<Range const> ranges);

    // Errno::Range: a jump is longer than an instruction can say.
    base::Result<std::vector<sock_filter>> code() const;

private:
    Place add(std::uint32_t code, std::uint32_t value, std::size_t yes = 0, std::size_t no = 0);
    Place jump(std::uint32_t how, std::uint32_t value, Place yes, Place no);

    std::vector<sock_filter> reversed_;
    bool too_far_ = false;
};

// Single values with their targets, in any order; all others go to one.
class Cases {
public:
    explicit Cases(Place other) : other_{other} {}

    void add(std::uint32_t value, Place target) {
        cases_.push_back({.first = value, .target = target});
    }
    template <class Values> void add_each(Values const& values, Place target) {
        for (auto const value : values) add(static_cast<std::uint32_t>(value), target);
    }

    std::vector<Range> ranges() const;

private:
    Place other_;
    std::vector<Range> cases_;
};

} // namespace host::vmm::kvm
