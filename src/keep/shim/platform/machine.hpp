#pragma once

// All that the core of the shim needs of the machine below. Each folder beside this file implements
// all of it, which the linker proves; one is linked.

#include "base/result.hpp"
#include "hw/address.hpp"
#include "keep/shim/memory/range.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace shim {

class PagePool;
struct Frame;
struct Kernel;

// What CPUID answers.
struct Cpuid {
    std::uint32_t eax, ebx, ecx, edx;
};

// Whose memory the window shows.
enum class Whose : std::uint8_t { Hosts, Keeps };

struct Machine {
    // The bit of a page table's entry that says that what it names is the Keep's own; 0: there is
    // no such bit.
    static std::uint64_t own_page();
    static Cpuid cpuid(std::uint32_t leaf, std::uint32_t subleaf);
    static void begin();   // once on each vCPU, before all else
    static unsigned cpu(); // which vCPU runs this
    static void flush();   // forget this vCPU's translations
    // Whether another vCPU may remember what a page table no longer says after this one's flush().
    static bool others_remember();
    static void end_kick();      // a kick has come: tells the interrupt controller, if there is one
    static void ring_doorbell(); // leave for the host, which reads the block
    static void relax();         // inside a loop that waits
    static std::uint64_t ticks(); // TSC
    // How fast it goes, where no host can turn it; nothing: that is the host's word.
    static std::optional<std::uint64_t> own_tsc_khz();
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
    // Maps [begin, end) there, too. What is mapped stays as it is.
    static void extend_window(hw::PhysAddr begin, hw::PhysAddr end, Whose whose);
    // 2048 entries of 1 GiB each: the program's part.
    static std::uint64_t* program_tables();
    // Whether memory is the Keep's own, which the host cannot see; else the host could write to all
    // of it anyway, and what it gives fresh is taken as it is.
    static bool owns_memory();
    // Takes memory that was never used, or was given back, into the Keep. Where memory is the
    // Keep's own it is zero afterwards, whatever the host put there.
    static void accept(std::byte* at, std::uint64_t size);
    // Lets go of accepted memory, before the host is told that it is free.
    static void give_back(hw::PhysAddr at, std::uint64_t size);
    static bool vouched(); // whether hardware signs reports of this Keep (snp/report.hpp)
    // Page tables for one more vCPU: their root.
    static base::Result<hw::PhysAddr> prepare_cpu(PagePool& pool, unsigned index);
    // The host has said that it runs this vCPU: lets it in, where it can be there by itself.
    static void let_in(unsigned index, hw::PhysAddr root);
    // What has a fixed place. Memory for the first page tables; a further vCPU's host-call block,
    // or 0 where memory is taken for it; where what belongs to so many vCPUs ends.
    static Range first_tables();
    static hw::PhysAddr further_block(unsigned index);
    static std::uint64_t end_of_places(unsigned cpus);
    // Before an exception is the program's: true if the platform has answered it. Does not return
    // where only the host can have sent it.
    static bool answer_exception(Kernel& kernel, Frame& frame);
};

// Safety: the window maps what the page pool gives out, and the files that the loader placed.
inline std::byte* physical(hw::PhysAddr address) { return Machine::memory() + address.raw(); }

} // namespace shim
