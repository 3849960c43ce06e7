#pragma once

// The Keep's free memory, in chunks of 2 MiB that are given out whole or page by page, and go back
// to the host when idle.

#include "base/result.hpp"
#include "hw/address.hpp"
#include "keep/shim/memory/growing.hpp"
#include "keep/shim/memory/range.hpp"
#include "keep/shim/platform/machine.hpp"

#include <cstdint>
#include <span>

namespace shim {

class Host;

class PagePool {
public:
    // What is known of 2 MiB of memory. All zero: never used. Neither chunk 0 nor its first page is
    // ever in a list.
    struct Chunk {
        std::uint32_t next = 0; // of a list of chunks; 0 ends it
        std::uint32_t previous = 0;
        std::uint32_t fresh : 10 = 0;     // pages from here on were not given out since they came
        std::uint32_t free_head : 10 = 0; // index + 1 of the first free page; each holds the next's
        std::uint32_t free_count : 10 = 0;
        std::uint32_t listed : 1 = 0;   // among the chunks with free pages
        std::uint32_t accepted : 1 = 0; // all of it is the Keep's; else what lies below `fresh`
    };
    static_assert(sizeof(Chunk) == 12);
    static constexpr std::uint32_t max_chunks = 32768; // 64 GiB

    PagePool(Host& host, std::span<Chunk, max_chunks> chunks) : host_{host}, chunks_{chunks} {}

    // Takes memory [begin, end) of whole chunks, and [tables_begin, tables_end) of small pages for
    // the first page tables.
    base::Result<void> add(Range chunks, Range tables, std::uint64_t limit);
    // Whole chunks that the host sees even if it does not see the rest: tables and blocks lie here.
    void add_open(Range chunks) { open_ = chunks; }

    base::Result<hw::PhysAddr> page();       // 4 KiB, zero
    base::Result<hw::PhysAddr> large();      // 2 MiB, zero, aligned
    base::Result<hw::PhysAddr> table();      // 4 KiB, zero, apart from pages: those stay large
    base::Result<hw::PhysAddr> open_chunk(); // 2 MiB, zero, that the host can see; never released
    base::Result<hw::PhysAddr>
    piece(std::uint64_t size); // whole pages in one piece, zero; never released
    void release(hw::PhysAddr page);
    void release_large(hw::PhysAddr chunk);

    std::uint64_t limit() const { return limit_; }
    std::uint64_t used() const { return used_pages_ * hw::page_size; }

private:
    static constexpr std::uint16_t pages_per_chunk = 512;
    static constexpr std::uint32_t idle_chunks = 16; // free chunks that stay with the Keep

    base::Result<std::uint32_t> take_chunk();
    base::Result<void> grow();
    void list(std::uint32_t index);
    void unlist(std::uint32_t index);
    void free_chunk(std::uint32_t index);

    Host& host_;
    Growing<Chunk, max_chunks> chunks_;
    std::uint32_t partial_ = 0; // chunks with free pages
    std::uint32_t dirty_ = 0;   // whole free chunks that were used before
    std::uint32_t dirty_count_ = 0;
    std::uint32_t clean_ = 0;      // whole free chunks that the host has back
    std::uint64_t next_chunk_ = 0; // memory that was never used
    std::uint64_t next_chunk_end_ = 0;
    std::uint64_t limit_ = 0;
    Range tables_;
    Range open_;
    std::uint64_t used_pages_ = 0;
};

} // namespace shim
