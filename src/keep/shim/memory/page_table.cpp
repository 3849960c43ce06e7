#include "keep/shim/memory/page_table.hpp"

#include "keep/shim/platform/machine.hpp"

namespace shim {

namespace {

constexpr std::uint64_t entries = 512;
constexpr unsigned directory_shift = 30;
constexpr unsigned large_shift = 21;
constexpr unsigned small_shift = 12;

Entry& top_entry(std::uint64_t at) {
    // Safety: program_tables() holds an entry for each GiB of program_space, where `at` lies.
    return reinterpret_cast<Entry*>(
        Machine::program_tables()
    )[(at - program_space.begin) >> directory_shift];
}

Entry table_entry(hw::PhysAddr table) {
    return Entry{{table.raw() | Machine::own_page()}}
        .with<Entry::Present>(true)
        .with<Entry::Writable>(true)
        .with<Entry::User>(true)
        .with<Entry::Accessed>(true);
}

} // namespace

Entry* PageTable::table(Entry entry) const {
    // Safety: a table entry names a page that the pool gave out as a table.
    return reinterpret_cast<Entry*>(physical(entry.address()));
}

Entry* PageTable::find(std::uint64_t at, Level level) {
    auto const top = top_entry(at);
    if (top.empty()) return nullptr;
    auto* const directory = table(top) + (at >> large_shift) % entries;
    if (level == Level::Large || directory->get<Entry::Large>()) return directory;
    return directory->empty() ? nullptr : table(*directory) + (at >> small_shift) % entries;
}

base::Result<Entry*> PageTable::make(std::uint64_t at, Level level) {
    auto& top = top_entry(at);
    if (top.empty()) top = table_entry(TRY(pool_.table()));
    auto* const directory = table(top) + (at >> large_shift) % entries;
    if (level == Level::Large) return directory;
    if (directory->get<Entry::Large>()) {
        TRY(split(*directory));
    } else if (directory->empty()) {
        *directory = table_entry(TRY(pool_.table()));
    }
    return table(*directory) + (at >> small_shift) % entries;
}

base::Result<void> PageTable::split(Entry& large) {
    auto const made = TRY(pool_.table());
    auto const first = large.with<Entry::Large>(false);
    auto* const small = reinterpret_cast<Entry*>(physical(made)); // Safety: a fresh table
    for (std::uint64_t i = 0; i < entries; ++i) small[i].raw = first.raw + i * hw::page_size;
    large = table_entry(made);
    return {};
}

base::Result<void> PageTable::part_at(std::uint64_t at) {
    if (at % large_page_size == 0 || !program_space.contains(at)) return {};
    auto* const directory = find(at, Level::Large);
    if (directory == nullptr || !directory->get<Entry::Large>()) return {};
    return split(*directory);
}

base::Result<Parted> PageTable::part(Range range) {
    TRY(part_at(range.begin));
    TRY(part_at(range.end));
    return Parted{range};
}

Entry PageTable::with_access(Entry entry, Access access) {
    // Accessed and dirty beforehand: the CPU need not set them; shadow page tables fault less.
    return entry.with<Entry::Present>(access != Access::None)
        .with<Entry::User>(true)
        .with<Entry::Accessed>(true)
        .with<Entry::Dirty>(true)
        .with<Entry::Writable>(allows(access, Access::Write))
        .with<Entry::NoExecute>(!allows(access, Access::Execute));
}

Entry PageTable::page(hw::PhysAddr at, Access access, bool owned) {
    return with_access(Entry{{at.raw() | Machine::own_page()}}, access).with<Entry::Owned>(owned);
}

} // namespace shim
