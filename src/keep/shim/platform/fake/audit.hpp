#pragma once

// What holds of the program's page tables and registers whatever a program and a host have done.

#include "keep/shim/event/kernel.hpp"

namespace shim::fake {

// No page is writable and executable; every page is free memory of the Keep, and one that goes back
// to the pool is mapped once. What is broken, or null.
char const* audit_pages(std::uint64_t memory_begin, std::uint64_t memory_end);

// A return to these registers cannot fault in the shim, and gives the program no right beyond its
// own.
char const* audit_registers(Frame const& frame);

} // namespace shim::fake
