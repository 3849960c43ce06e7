#include "keep/shim/memory/address_space.hpp"

#include <utility>

namespace shim {

namespace {

// Up to here a mapping gets its entries at once, cheaper than by faults; memory costs when touched.
// The Keep's own costs when it is taken in: that is where it is touched.
bool eager(Range range) { return !Machine::owns_memory() && range.size() <= 1U << 20; }
constexpr std::uint64_t most_ahead = 8 * hw::page_size; // of what is touched page after page

} // namespace

void AddressSpace::set_places(std::uint64_t mappings, std::uint64_t heap) {
    mappings_ = mappings;
    heap_ = {heap, heap};
    heap_limit_ = heap + (64ULL << 30);
}

base::Result<void> AddressSpace::populate(Range range, Access access) {
    for (std::uint64_t at = range.begin; at < range.end;) {
        auto* const directory = TRY(table_.make(at, PageTable::Level::Large));
        std::uint64_t const next =
            smaller(round_down(at, large_page_size) + large_page_size, range.end);
        if (directory->get<Entry::Large>()) {
            at = next;
            continue;
        }
        if (directory->empty() && next - at == large_page_size) {
            *directory = PageTable::page(TRY(pool_.large()), access, true).with<Entry::Large>(true);
            at = next;
            continue;
        }
        auto* entry = TRY(table_.make(at));
        for (; at < next; at += hw::page_size, ++entry)
            if (entry->empty()) *entry = PageTable::page(TRY(pool_.page()), access, true);
    }
    return {};
}

base::Result<std::uint64_t> AddressSpace::map(std::uint64_t size, Access access) {
    std::uint64_t const rounded = round_up(size, hw::page_size);
    std::uint64_t const alignment = rounded >= large_page_size ? large_page_size : hw::page_size;
    auto const at = TRY(regions_.gap(rounded, alignment, program_space, mappings_));
    TRY(map_at({at, at + rounded}, access));
    if (at >= mappings_) mappings_ = at + rounded;
    return at;
}

base::Result<void> AddressSpace::map_at(Range range, Access access) {
    bool const fresh = vacant(range);
    TRY(unmap(range));
    TRY(regions_.insert({.range = range, .access = access}));
    if (access == Access::None || !eager(range)) return {};
    auto const filled = populate(range, access);
    if (filled || !fresh) return {}; // no hole in what was there: pages come when they are touched
    TRY(unmap(range));
    return filled;
}

base::Result<void> AddressSpace::map_window(Range range, Access access, hw::PhysAddr source) {
    if (allows(access, Access::Write)) return std::unexpected(base::Errno::Access);
    return place_window(range, access, source);
}

base::Result<void> AddressSpace::map_own_page(std::uint64_t at, hw::PhysAddr page) {
    return place_window({at, at + hw::page_size}, Access::Read | Access::Write, page);
}

base::Result<void> AddressSpace::place_window(Range range, Access access, hw::PhysAddr source) {
    TRY(unmap(range));
    TRY(regions_.insert(
        {.range = range, .source = source.raw(), .access = access, .backing = Backing::Window}
    ));
    for (std::uint64_t at = range.begin; at < range.end;) {
        hw::PhysAddr const from{source.raw() + (at - range.begin)};
        bool const large = at % large_page_size == 0 && from.raw() % large_page_size == 0 &&
                           range.end - at >= large_page_size;
        auto* entry =
            TRY(table_.make(at, large ? PageTable::Level::Large : PageTable::Level::Small));
        *entry = PageTable::page(from, access, false).with<Entry::Large>(large);
        at += large ? large_page_size : hw::page_size;
    }
    return {};
}

base::Result<void> AddressSpace::map_file(Range range, Access access, std::uint64_t offset) {
    TRY(unmap(range));
    return regions_.insert(
        {.range = range, .source = offset, .access = access, .backing = Backing::File}
    );
}

base::Result<Parted> AddressSpace::prepare(Range range) {
    auto const split = [&]() -> base::Result<Parted> {
        TRY(regions_.split(range.begin));
        TRY(regions_.split(range.end));
        return table_.part(range);
    };
    auto parted = split();
    if (!parted) regions_.merge(range);
    return parted;
}

void AddressSpace::drop_pages(Parted const& range) {
    bool taken = false;
    table_.each(range, [&](Entry& entry, std::uint64_t, std::uint64_t size) {
        if (entry.get<Entry::Present>() && !std::exchange(taken, true)) translations_.take();
        auto const old = std::exchange(entry, {});
        if (!old.get<Entry::Owned>()) return;
        hw::PhysAddr const page{round_down(old.address().raw(), size)};
        size == large_page_size ? pool_.release_large(page) : pool_.release(page);
    });
}

base::Result<void> AddressSpace::unmap(Range range) {
    drop_pages(TRY(prepare(range)));
    return regions_.remove(range);
}

base::Result<void> AddressSpace::protect(Range range, Access access) {
    if (!regions_.covers(range)) return std::unexpected(base::Errno::NoMem);
    for (auto const& region : regions_.touching(range))
        if (region.backing == Backing::Window && allows(access, Access::Write))
            return std::unexpected(base::Errno::Access);
    auto const parted = TRY(prepare(range));
    bool anonymous = true;
    for (auto& region : regions_.touching(range)) {
        region.access = access;
        anonymous = anonymous && region.backing == Backing::Anonymous;
    }
    regions_.merge(range);
    bool taken = false;
    table_.each(parted, [&](Entry& entry, std::uint64_t, std::uint64_t) {
        auto const changed = PageTable::with_access(entry, access);
        // A right that is gained needs no flush: at worst one fault finds that nothing is wrong.
        bool const lost = entry.get<Entry::Present>() &&
                          (!changed.get<Entry::Present>() ||
                           (entry.get<Entry::Writable>() && !changed.get<Entry::Writable>()) ||
                           (!entry.get<Entry::NoExecute>() && changed.get<Entry::NoExecute>()));
        if (lost && !std::exchange(taken, true)) translations_.take();
        entry = changed;
    });
    // Without memory for it now, the pages come when they are touched.
    if (anonymous && access != Access::None && eager(range))
        static_cast<void>(populate(range, access));
    return {};
}

base::Result<void> AddressSpace::discard(Range range) {
    TRY(table_.part(range)); // no large page lies across two regions: the rest cannot fail
    for (auto const& region : regions_.touching(range))
        if (region.backing != Backing::Window)
            drop_pages(TRY(table_.part(region.range.intersect(range))));
    return {};
}

// At the same offset in a large page, so that large pages move whole, and in no table of `range`.
base::Result<Range> AddressSpace::beside(Range range, std::uint64_t size) const {
    std::uint64_t const skew = range.begin % large_page_size;
    auto const find = [&](Range within) {
        return regions_.gap(size + skew, large_page_size, within, mappings_);
    };
    auto gap = find({round_up(range.end, large_page_size), program_space.end});
    if (!gap) gap = find({program_space.begin, round_down(range.begin, large_page_size)});
    auto const at = TRY(gap) + skew;
    return Range{at, at + size};
}

base::Result<Range> AddressSpace::map_beside(Range range, Access access) {
    auto const place = TRY(beside(range, range.size()));
    TRY(map_at(place, access));
    return place;
}

base::Result<void> AddressSpace::move(Range old, Range target) {
    auto const regions = regions_.touching(old);
    if (!regions_.covers(old) || regions.size() != 1 || regions[0].backing != Backing::Anonymous)
        return std::unexpected(base::Errno::Fault);
    auto const access = regions[0].access;
    auto const place = [&](std::uint64_t at, std::uint64_t bytes) {
        auto const level =
            bytes == large_page_size ? PageTable::Level::Large : PageTable::Level::Small;
        return table_.make(target.begin + (at - old.begin), level);
    };
    auto const replaced = TRY(prepare(target));
    auto const parted = prepare(old);
    // First the tables, for which memory may be missing; then nothing can fail half-way.
    base::Result<void> made = parted ? base::Result<void>{} : std::unexpected(parted.error());
    auto const make = [&](std::uint64_t at, std::uint64_t bytes) -> base::Result<void> {
        auto const* const there = TRY(place(at, bytes));
        bool const table = !there->empty() && !there->get<Entry::Large>();
        if (bytes == large_page_size && table) TRY(table_.make(at)); // goes as small pages
        return {};
    };
    if (parted)
        table_.each(*parted, [&](Entry&, std::uint64_t at, std::uint64_t bytes) {
            if (made) made = make(at, bytes);
        });
    if (!made) {
        regions_.merge(target);
        regions_.merge(old);
        return made;
    }
    translations_.take();
    drop_pages(replaced);
    table_.each(*parted, [&](Entry& entry, std::uint64_t at, std::uint64_t bytes) {
        **place(at, bytes) = std::exchange(entry, {});
    });
    TRY(regions_.remove(target));
    TRY(regions_.remove(old));
    return regions_.insert({.range = target, .access = access});
}

base::Result<std::uint64_t> AddressSpace::resize(Range old, std::uint64_t size, bool may_move) {
    if (!regions_.covers(old)) return std::unexpected(base::Errno::Fault);
    auto const regions = regions_.touching(old);
    if (regions.size() != 1 || regions[0].backing != Backing::Anonymous)
        return std::unexpected(base::Errno::Fault);
    if (size <= old.size()) {
        if (size < old.size()) TRY(unmap({old.begin + size, old.end}));
        return old.begin;
    }
    Range const tail{old.end, old.begin + size};
    if (program_space.contains(tail) && vacant(tail)) {
        TRY(map_at(tail, regions[0].access));
        return old.begin;
    }
    if (!may_move) return std::unexpected(base::Errno::NoMem);
    auto const target = TRY(beside(old, size));
    TRY(move(old, target));
    if (target.begin >= mappings_) mappings_ = target.end;
    return target.begin;
}

std::uint64_t AddressSpace::set_break(std::uint64_t at) {
    if (at < heap_.begin || at > heap_limit_) return heap_.end;
    std::uint64_t const before = round_up(heap_.end, hw::page_size);
    std::uint64_t const after = round_up(at, hw::page_size);
    if (after > before) {
        Range const added{before, after};
        if (!vacant(added) || !map_at(added, Access::Read | Access::Write)) return heap_.end;
    } else if (after < before) {
        if (!unmap({after, before})) return heap_.end;
    }
    heap_.end = at;
    return at;
}

base::Result<void> AddressSpace::bring_in(Region const& region, std::uint64_t at) {
    if (region.backing == Backing::Window) return std::unexpected(base::Errno::Fault);
    if (region.backing == Backing::File) {
        std::uint64_t const page = round_down(at, hw::page_size);
        auto* const entry = TRY(table_.make(page));
        auto const filled = TRY(program_.page(region.source + (page - region.range.begin)));
        *entry = PageTable::page(filled, region.access, true);
        return {};
    }
    std::uint64_t const around = round_down(at, large_page_size);
    Range wanted{around, around + large_page_size};
    if (Machine::owns_memory()) { // who goes through it faults less and less often
        wanted.begin = round_down(at, hw::page_size);
        ahead_ = wanted.begin == next_ ? smaller(2 * ahead_, most_ahead) : hw::page_size;
        next_ = wanted.begin + ahead_;
        wanted.end = smaller(wanted.end, next_);
    }
    return populate(region.range.intersect(wanted), region.access);
}

base::Result<std::span<std::byte>> AddressSpace::reach(std::uint64_t at, Access access) {
    if (!program_space.contains(at)) return std::unexpected(base::Errno::Fault);
    auto const* entry = table_.find(at);
    if (entry == nullptr || entry->empty()) {
        auto const* const region = regions_.find(at);
        if (region == nullptr || !allows(region->access, access))
            return std::unexpected(base::Errno::Fault);
        TRY(bring_in(*region, at));
        entry = table_.find(at);
    }
    bool const ok = entry->get<Entry::Present>() &&
                    (!allows(access, Access::Write) || entry->get<Entry::Writable>()) &&
                    (!allows(access, Access::Execute) || !entry->get<Entry::NoExecute>());
    if (!ok) return std::unexpected(base::Errno::Fault);
    std::uint64_t const size = entry->get<Entry::Large>() ? large_page_size : hw::page_size;
    std::uint64_t const offset = at % size;
    hw::PhysAddr const page{round_down(entry->address().raw(), size)};
    return std::span{physical(page) + offset, size - offset};
}

} // namespace shim
