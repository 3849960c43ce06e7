#pragma once

// The program's memory map: what mmap and its relatives do, and how a page comes at its first use.

#include "keep/shim/memory/regions.hpp"
#include "keep/shim/memory/translations.hpp"
#include "keep/shim/program/program_file.hpp"

#include <span>

namespace shim {

class AddressSpace {
public:
    AddressSpace(
        PagePool& pool,
        Translations& translations,
        ProgramFile& program,
        std::span<Region, Regions::max_regions> regions
    )
        : pool_{pool},
          translations_{translations},
          program_{program},
          table_{pool},
          regions_{regions} {}

    // Where mmap looks first, and where brk begins.
    void set_places(std::uint64_t mappings, std::uint64_t heap);

    base::Result<std::uint64_t> map(std::uint64_t size, Access access); // anonymous, anywhere
    base::Result<void>
    map_at(Range range, Access access); // anonymous, in the place of what is there
    base::Result<void> map_window(Range range, Access access, hw::PhysAddr source);
    // One page of the pool that the program may write to and that never goes back.
    base::Result<void> map_own_page(std::uint64_t at, hw::PhysAddr page);
    // Pages of the program's file from `offset` on, each brought in when it is first used.
    base::Result<void> map_file(Range range, Access access, std::uint64_t offset);
    base::Result<void> unmap(Range range);
    base::Result<void> protect(Range range, Access access);
    base::Result<void> discard(Range range); // contents become zero, or the file's
    base::Result<std::uint64_t> resize(Range old, std::uint64_t size, bool may_move);
    // Anonymous, where it can be filled before it goes to `range`, in the place of what is there.
    base::Result<Range> map_beside(Range range, Access access);
    base::Result<void> move(Range old, Range target); // anonymous; `target` may be larger
    std::uint64_t set_break(std::uint64_t at);

    // The bytes of `at` up to the end of its page, brought in and checked; Fault if the program may
    // not access it so. Valid until the shim is left.
    base::Result<std::span<std::byte>> reach(std::uint64_t at, Access access);
    bool vacant(Range range) { return regions_.touching(range).empty(); }

    Regions const& regions() const { return regions_; }

private:
    base::Result<void> place_window(Range range, Access access, hw::PhysAddr source);
    base::Result<void> populate(Range range, Access access);
    base::Result<void> bring_in(Region const& region, std::uint64_t at);
    // Before a change to `range`: all of it that can fail. Nothing has changed for the program
    // then.
    base::Result<Parted> prepare(Range range);
    void drop_pages(Parted const& range);
    base::Result<Range> beside(Range range, std::uint64_t size) const;

    PagePool& pool_;
    Translations& translations_;
    ProgramFile& program_;
    PageTable table_;
    Regions regions_;
    std::uint64_t mappings_ = program_space.begin;
    Range heap_;
    std::uint64_t heap_limit_ = 0;
    std::uint64_t next_ = 0; // behind what was brought in last, which was so much
    std::uint64_t ahead_ = 0;
};

} // namespace shim
