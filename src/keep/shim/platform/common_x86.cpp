// What every platform that runs as a machine of its own does alike, in either ring.

#include "keep/shim/memory/page_table.hpp"
#include "keep/shim/platform/cpu_area.hpp"
#include "keep/shim/platform/machine.hpp"

#include <array>
#include <cstring>

namespace shim {

extern "C" {
extern std::uint64_t boot_root[512];
extern std::uint64_t boot_low[512];
extern std::uint64_t cpu_directory[512];
extern std::uint64_t cpu_map[512];
extern std::uint64_t program_tables;
}

namespace {

// Intel SDM volume 1, 13.3: x87, SSE, AVX, AVX-512. Nothing else is ever enabled.
constexpr std::uint64_t usual_state = 0xe7;
constexpr std::size_t largest_state = 2688;
constexpr std::uint64_t direct_map_address = 1ULL << 39;
constexpr std::uint32_t clean_mxcsr = 0x1f80;

std::uint64_t enabled_state() {
    std::uint32_t low = 0;
    std::uint32_t high = 0;
    asm volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return low;
}

constexpr std::uint64_t entry_address = Entry::address_mask;

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

// NOLINTNEXTLINE(clang-analyzer-core.FixedAddressDereference): the image fixes where the area lies
unsigned Machine::cpu() { return static_cast<unsigned>(cpu_area().index); }

void Machine::relax() { asm volatile("pause"); }

std::uint64_t Machine::ticks() {
    std::uint32_t low = 0;
    std::uint32_t high = 0;
    asm volatile("rdtsc" : "=a"(low), "=d"(high));
    return low | std::uint64_t{high} << 32;
}

base::Result<std::uint64_t> Machine::random() {
    // Intel SDM volume 1, 7.3.17.1: ten tries; a broken generator repeats one value.
    std::uint64_t words[2]{};
    for (auto& word : words) {
        bool ok = false;
        for (int tries = 0; tries < 100 && !ok; ++tries)
            asm volatile("rdrand %0" : "=r"(word), "=@ccc"(ok));
        if (!ok) return std::unexpected(base::Errno::Io);
    }
    if (words[0] == words[1]) return std::unexpected(base::Errno::Io);
    return words[0] ^ (words[1] << 1 | words[1] >> 63);
}

void Machine::set_thread_pointer(std::uint64_t base) { asm volatile("wrfsbase %0" : : "r"(base)); }
void Machine::set_second_pointer(std::uint64_t base) { asm volatile("wrgsbase %0" : : "r"(base)); }

std::uint64_t Machine::thread_pointer() {
    std::uint64_t base = 0;
    asm volatile("rdfsbase %0" : "=r"(base));
    return base;
}

std::uint64_t Machine::second_pointer() {
    std::uint64_t base = 0;
    asm volatile("rdgsbase %0" : "=r"(base));
    return base;
}

std::uint64_t Machine::extended_state_mask() { return enabled_state() & usual_state; }

std::size_t Machine::extended_state_size() {
    // Intel SDM volume 1, 13.4: fixed offsets of the standard format up to AVX-512.
    auto const mask = extended_state_mask();
    if (mask & 0x80) return largest_state;
    return mask & 4 ? 832 : 576;
}

void Machine::save_extended_state(std::byte* at) {
    // Safety: `at` holds extended_state_size() bytes, 64-byte aligned, its header zero.
    asm volatile("xsave64 (%0)"
                 :
                 : "r"(at), "a"(static_cast<std::uint32_t>(extended_state_mask())), "d"(0)
                 : "memory");
}

bool Machine::load_extended_state(std::byte* at) {
    // XRSTOR faults on a header or an MXCSR that it does not like, so both are checked first.
    auto* const words = reinterpret_cast<std::uint64_t*>(at);
    auto const mxcsr = static_cast<std::uint32_t>(words[3]);
    bool ok = (words[64] & ~extended_state_mask()) == 0 && (mxcsr & ~0xffffU) == 0;
    for (int i = 65; i < 72; ++i) ok = ok && words[i] == 0;
    if (!ok) return false;
    asm volatile("xrstor64 (%0)"
                 :
                 : "r"(at), "a"(static_cast<std::uint32_t>(extended_state_mask())), "d"(0)
                 : "memory");
    return true;
}

void Machine::clean_extended_state() {
    // Whole, although only MXCSR is read: the CPU checks the area up to its end.
    alignas(64) std::array<std::uint64_t, largest_state / 8> area{};
    area[3] = clean_mxcsr;
    // Safety: a zero XSTATE_BV loads the state of a reset for every component.
    asm volatile("xrstor64 (%0)"
                 :
                 : "r"(area.data()), "a"(static_cast<std::uint32_t>(extended_state_mask())), "d"(0)
                 : "memory");
    asm volatile("ldmxcsr %0" : : "m"(clean_mxcsr));
}

std::uint64_t Machine::control_words() {
    std::uint32_t mxcsr = 0;
    std::uint16_t x87 = 0;
    asm volatile("stmxcsr %0; fnstcw %1" : "=m"(mxcsr), "=m"(x87));
    return mxcsr | std::uint64_t{x87} << 32;
}

void Machine::set_control_words(std::uint64_t words) {
    auto const mxcsr = static_cast<std::uint32_t>(words & 0xffff);
    auto const x87 = static_cast<std::uint16_t>(words >> 32);
    asm volatile("ldmxcsr %0; fldcw %1" : : "m"(mxcsr), "m"(x87));
}

// NOLINTNEXTLINE(clang-analyzer-core.FixedAddressDereference): the image fixes where the area lies
hw::PhysAddr Machine::root() { return hw::PhysAddr{cpu_area().root}; }

// Everything is shared with the first vCPU but the page behind CPU_AREA and the stacks.
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

std::byte* Machine::memory() { return reinterpret_cast<std::byte*>(direct_map_address); }
std::uint64_t* Machine::program_tables() { return &shim::program_tables; }

} // namespace shim
