#pragma once

// What holds of the program's page tables and registers whatever a program and a host have done.

#include "keep/shim/event/kernel.hpp"

#include <utility>
#include <vector>

namespace shim::fake {

// No page is writable and executable; every page is free memory of the Keep, and one that goes back
// to the pool is mapped once. What is broken, or null.
char const* audit_pages(std::uint64_t memory_begin, std::uint64_t memory_end);

// What the vCPU may still know of the page tables from before: a page that is gone, or a right.
class Translations {
public:
    // Before and after each entry of the program. What is broken, or null.
    char const* audit();

private:
    std::vector<std::pair<std::uint64_t, Entry>> known_; // by address
    std::uint64_t flushes_ = 0;
};

// A return to these registers cannot fault in the shim, and gives the program no right beyond its
// own.
char const* audit_registers(Frame const& frame);

} // namespace shim::fake
