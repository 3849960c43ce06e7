#pragma once

// The program's part of the page tables, which all vCPUs share.

#include "base/field.hpp"
#include "keep/shim/memory/page_pool.hpp"

namespace shim {

enum class Access : std::uint8_t { None = 0, Read = 1, Write = 2, Execute = 4 };
constexpr Access operator|(Access a, Access b) {
    return static_cast<Access>(static_cast<int>(a) | static_cast<int>(b));
}
constexpr bool allows(Access have, Access want) {
    return (static_cast<int>(have) & static_cast<int>(want)) == static_cast<int>(want);
}

// An entry of a page table or directory, Intel SDM volume 3, 4.5. Not present but not zero: a page
// whose access is None.
struct Entry : base::Register<Entry> {
    using Present = base::Field<bool, 0>;
    using Writable = base::Field<bool, 1>;
    using User = base::Field<bool, 2>;
    using Accessed = base::Field<bool, 5>;
    using Dirty = base::Field<bool, 6>;
    using Large = base::Field<bool, 7>;
    using Owned = base::Field<bool, 9>; // ours: the page goes back to the pool
    using NoExecute = base::Field<bool, 63>;
    // Without bit 51, which no address has and which says on SEV-SNP whose a page is.
    static constexpr std::uint64_t address_mask = 0x0007'ffff'ffff'f000;

    hw::PhysAddr address() const { return hw::PhysAddr{raw & address_mask}; }
    bool empty() const { return raw == 0; }
};

// A range at whose borders no large page lies across: nothing that is done to its pages can fail.
class Parted {
public:
    Range range() const { return range_; }

private:
    friend class PageTable;
    explicit Parted(Range range) : range_{range} {}
    Range range_;
};

class PageTable {
public:
    explicit PageTable(PagePool& pool) : pool_{pool} {}

    // What maps `at`, or null: the directory's entry if it or `level` is Large, else the table's.
    enum class Level : std::uint8_t { Small, Large };
    Entry* find(std::uint64_t at, Level level = Level::Small);
    // The same, with tables made where there are none; a large page in a small one's way is split.
    base::Result<Entry*> make(std::uint64_t at, Level level = Level::Small);

    // Splits large pages half inside; what they map stays as it is.
    base::Result<Parted> part(Range range);
    // Every page that is there, from the lowest: action(entry, address, size).
    template <class Action> void each(Parted const& parted, Action action);

    static Entry page(hw::PhysAddr at, Access access, bool owned);
    static Entry with_access(Entry entry, Access access);

private:
    Entry* table(Entry entry) const;
    base::Result<void> split(Entry& large);
    base::Result<void> part_at(std::uint64_t at);

    PagePool& pool_;
};

template <class Action> void PageTable::each(Parted const& parted, Action action) {
    auto const range = parted.range();
    constexpr std::uint64_t directory_span = 1U << 30;
    for (std::uint64_t at = range.begin; at < range.end;) {
        auto* const directory = find(at, Level::Large);
        if (directory == nullptr) {
            at = round_down(at, directory_span) + directory_span;
            continue;
        }
        std::uint64_t const next =
            smaller(round_down(at, large_page_size) + large_page_size, range.end);
        if (directory->empty()) {
            at = next;
            continue;
        }
        if (directory->get<Entry::Large>()) { // and whole, as the range is parted
            action(*directory, at, large_page_size);
            at = next;
            continue;
        }
        auto* entry = find(at);
        for (; at < next; at += hw::page_size, ++entry)
            if (!entry->empty()) action(*entry, at, hw::page_size);
    }
}

} // namespace shim
