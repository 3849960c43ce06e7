#pragma once

// What the program has mapped: sorted, disjoint regions of one access and kind; they cost no
// memory.

#include "base/result.hpp"
#include "keep/shim/memory/growing.hpp"
#include "keep/shim/memory/page_table.hpp"

#include <cstdint>
#include <span>

namespace shim {

enum class Backing : std::uint8_t {
    Anonymous, // zero until written
    Window,    // pages of the program's file or of the shim, at `source` onwards
    File,      // pages of the program's file, from offset `source` on, until written
};

struct Region {
    Range range;
    std::uint64_t source = 0; // of the first byte: physical address for Window, offset for File
    Access access = Access::None;
    Backing backing = Backing::Anonymous;
};

class Regions {
public:
    static constexpr std::size_t max_regions = 8192;

    explicit Regions(std::span<Region, max_regions> regions) : regions_{regions} {}

    Region* find(std::uint64_t at);           // the region that holds `at`, or null
    bool covers(Range range) const;           // without a gap
    std::span<Region> touching(Range range);  // those that share an address with it
    base::Result<void> insert(Region region); // where nothing is mapped
    base::Result<void> remove(Range range);
    base::Result<void> split(std::uint64_t at); // no region has `at` inside
    void merge(Range range);                    // joins neighbours that have become alike
    // The lowest gap of that size in `within`; the first one above `hint` is preferred.
    base::Result<std::uint64_t>
    gap(std::uint64_t size, std::uint64_t alignment, Range within, std::uint64_t hint) const;
    std::size_t count() const { return count_; }

private:
    std::size_t first_ending_after(std::uint64_t at) const;
    base::Result<void> insert_at(std::size_t index, Region region);
    void erase(std::size_t index, std::size_t n);
    base::Result<std::uint64_t> gap_above(
        std::uint64_t from, std::uint64_t size, std::uint64_t alignment, std::uint64_t end
    ) const;

    Growing<Region, max_regions> regions_;
    std::size_t count_ = 0;
};

} // namespace shim
