#pragma once

// All that the core of the shim needs of the machine below. Each folder beside this file implements
// all of it, which the linker proves; one is linked.

#include "base/result.hpp"
#include "hw/address.hpp"

#include <cstddef>
#include <cstdint>

namespace shim {

class PagePool;

struct Machine {
    static void begin();   // once on each vCPU, before all else
    static unsigned cpu(); // which vCPU runs this
    static void flush();   // forget this vCPU's translations
    // Whether another vCPU may remember what a page table no longer says after this one's flush().
    static bool others_remember();
    static void end_kick();      // a kick has come: tells the interrupt controller, if there is one
    static void ring_doorbell(); // leave for the host, which reads the block
    static void relax();         // inside a loop that waits
    static std::uint64_t ticks();                       // TSC
    static base::Result<std::uint64_t> random();        // from the CPU
    static void set_thread_pointer(std::uint64_t base); // FS base
    static std::uint64_t thread_pointer();
    static void set_second_pointer(std::uint64_t base); // GS base
    static std::uint64_t second_pointer();
    // AVX-512 and what Linux puts behind it, in units of 64.
    static constexpr std::size_t most_extended_state = 2752;
    static std::size_t extended_state_size(); // bytes that save_extended_state writes
    static std::uint64_t extended_state_mask();
    static void save_extended_state(std::byte* at); // 64-byte aligned
    static bool load_extended_state(std::byte* at); // false: refused, nothing changed
    static void clean_extended_state();             // x87, MXCSR and vectors as at a reset
    static std::uint64_t control_words();           // MXCSR, x87 control word in the upper half
    static void set_control_words(std::uint64_t words);
    static hw::PhysAddr root(); // of this vCPU's page table
    static std::byte* memory(); // where physical address 0 is mapped
    static void extend_window(hw::PhysAddr begin, hw::PhysAddr end); // map [begin, end) there too
    // 2048 entries of 1 GiB each: the program's part.
    static std::uint64_t* program_tables();
    // Whether memory is the Keep's own, which the host cannot see; else the host could write to all
    // of it anyway, and what it gives fresh is taken as it is.
    static bool owns_memory();
    // Takes memory that was never used, or was given back, into the Keep. Where memory is the
    // Keep's own it is zero afterwards, whatever the host put there.
    static void accept(hw::PhysAddr at, std::uint64_t size);
    // Lets go of accepted memory, before the host is told that it is free.
    static void give_back(hw::PhysAddr at, std::uint64_t size);
    static bool vouched(); // whether hardware signs reports of this Keep (snp/report.hpp)
    // Page tables for one more vCPU: their root.
    static base::Result<hw::PhysAddr> prepare_cpu(PagePool& pool, unsigned index);
};

// Safety: the window maps what the page pool gives out, and the files that the loader placed.
inline std::byte* physical(hw::PhysAddr address) { return Machine::memory() + address.raw(); }

} // namespace shim
