#pragma once

// What holds of the program's page tables and registers whatever a program and a host have done.

#include "keep/shim/event/kernel.hpp"

#include <utility>
#include <vector>

namespace shim::fake {

// No page is writable and executable; every page is free memory of the Keep, and one that goes back
// to the pool is mapped once. What is broken, or null.
char const* audit_pages(std::uint64_t memory_begin, std::uint64_t memory_end);

// What a vCPU remembers of the page tables, as a processor does: filled by what it touches, and
// emptied by nothing but a flush.
class Remembered {
public:
    void clear() { known_.clear(); }
    void forget(std::uint64_t at); // the page there, as a fault does
    // The page that it would use for an access there; null: it knows none.
    Entry const* find(std::uint64_t at) const;
    void learn(std::uint64_t at, Entry entry, std::uint64_t size);
    void learn_all(); // as if it had touched every page that is there
    // What it remembers and the page tables do not say: a page that is gone, or a right. Or null.
    char const* audit() const;

private:
    struct Known {
        std::uint64_t begin;
        Entry entry;
        std::uint64_t size;
    };
    std::vector<Known> known_; // by address
};

// A return to these registers cannot fault in the shim, and gives the program no right beyond its
// own.
char const* audit_registers(Frame const& frame);

} // namespace shim::fake
