// Page tables and the area of one more vCPU: everything is shared with the first but the page
// behind CPU_AREA and its stacks.

#include "keep/shim/memory/page_pool.hpp"
#include "keep/shim/memory/physical.hpp"
#include "keep/shim/platform/cpu_area.hpp"
#include "keep/shim/platform/machine.hpp"

#include <algorithm>
#include <cstring>

namespace shim {

extern "C" {
extern std::uint64_t boot_root[512];
extern std::uint64_t boot_low[512];
extern std::uint64_t cpu_directory[512];
extern std::uint64_t cpu_map[512];
}

namespace {

constexpr std::uint64_t entry_address = 0x000f'ffff'ffff'f000;

struct Copy {
    hw::PhysAddr at;
    std::uint64_t* entries;
};

base::Result<Copy> copy_table(PagePool& pool, std::uint64_t const* table) {
    auto const page = TRY(pool.table());
    // Safety: a fresh page of the pool, 512 entries.
    auto* const entries = reinterpret_cast<std::uint64_t*>(physical(page));
    std::memcpy(entries, table, hw::page_size);
    return Copy{page, entries};
}

void redirect(std::uint64_t& entry, hw::PhysAddr to) {
    entry = (entry & ~entry_address) | to.raw();
}

} // namespace

base::Result<hw::PhysAddr> Machine::prepare_cpu(PagePool& pool, unsigned index) {
    auto const root = TRY(copy_table(pool, boot_root));
    auto const low = TRY(copy_table(pool, boot_low));
    auto const directory = TRY(copy_table(pool, cpu_directory));
    auto const map = TRY(copy_table(pool, cpu_map));
    redirect(root.entries[0], low.at);
    redirect(low.entries[1], directory.at);
    redirect(directory.entries[0], map.at);
    for (std::size_t i = 0; i < cpu_area_pages; ++i) {
        if (i == cpu_area_guard) continue;
        auto const page = TRY(pool.table());
        redirect(map.entries[i], page);
        if (i != 0) continue;
        // Safety: a fresh page, and CpuArea fits into one.
        auto& area = *reinterpret_cast<CpuArea*>(physical(page));
        area.index = index;
        area.root = root.at.raw();
        area.task_state = cpu_area().task_state;
        area.gdt = cpu_area().gdt;
    }
    return root.at;
}

} // namespace shim
