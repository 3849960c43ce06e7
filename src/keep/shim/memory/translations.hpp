#pragma once

// What vCPUs may still remember of the page tables. There is no interrupt to make another vCPU
// forget, so a page that was mapped goes back to the pool only when every vCPU that could know it
// has left the program since.

#include "keep/shim/host/host.hpp"
#include "keep/shim/memory/page_pool.hpp"
#include "keep/shim/memory/range.hpp"

#include <array>
#include <cstdint>

namespace shim {

class Translations {
public:
    explicit Translations(PagePool& pool) : pool_{pool} {}

    // Around every entry into the shim.
    void left_program() { cpus_[Machine::cpu()].in_program = false; }
    void back_to_program();

    // Rights were taken away: this vCPU forgets at once, others when they come by.
    void forget();
    // Gives back a page (4 KiB or 2 MiB) mapped until now; forget() follows in the same call.
    void retire(hw::PhysAddr page, std::uint64_t size);

private:
    struct Cpu {
        std::uint64_t seen = 0; // the last epoch after which it has forgotten all
        bool in_program = false;
    };
    // A page of pages that wait, first in, first out.
    struct Batch {
        hw::PhysAddr next;
        std::uint64_t count;
        std::uint64_t epoch;                  // the newest of them
        std::array<std::uint64_t, 509> pages; // bit 0: 2 MiB
    };
    static_assert(sizeof(Batch) == hw::page_size);

    static Batch& at(hw::PhysAddr batch);
    bool others_in_program_since(std::uint64_t epoch) const;
    void release(std::uint64_t page);
    void reclaim();

    PagePool& pool_;
    std::uint64_t epoch_ = 0;
    std::array<Cpu, max_cpus> cpus_{};
    hw::PhysAddr oldest_{};
    hw::PhysAddr newest_{};
};

} // namespace shim
