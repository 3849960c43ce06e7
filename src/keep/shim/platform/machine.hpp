#pragma once

// All that the core of the shim needs of the machine below. Each folder beside this file implements
// Machine; one is linked.

#include "base/result.hpp"
#include "hw/address.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>

namespace shim {

class PagePool;

template <class P>
concept Platform =
    requires(std::uint64_t word, hw::PhysAddr address, std::byte* block, PagePool& pool) {
        { P::begin() } -> std::same_as<void>;          // once on each vCPU, before all else
        { P::cpu() } -> std::same_as<unsigned>;        // which vCPU runs this
        { P::flush() } -> std::same_as<void>;          // forget this vCPU's translations
        { P::ring_doorbell() } -> std::same_as<void>;  // leave for the host, which reads the block
        { P::relax() } -> std::same_as<void>;          // inside a loop that waits
        { P::ticks() } -> std::same_as<std::uint64_t>; // TSC
        { P::random() } -> std::same_as<base::Result<std::uint64_t>>; // from the CPU
        { P::set_thread_pointer(word) } -> std::same_as<void>;        // FS base
        { P::thread_pointer() } -> std::same_as<std::uint64_t>;
        { P::set_second_pointer(word) } -> std::same_as<void>; // GS base
        { P::second_pointer() } -> std::same_as<std::uint64_t>;
        {
            P::extended_state_size()
        } -> std::same_as<std::size_t>; // bytes that save_extended_state writes
        { P::extended_state_mask() } -> std::same_as<std::uint64_t>;
        { P::save_extended_state(block) } -> std::same_as<void>; // 64-byte aligned
        { P::load_extended_state(block) } -> std::same_as<bool>; // false: refused, nothing changed
        { P::clean_extended_state() } -> std::same_as<void>; // x87, MXCSR and vectors as at a reset
        {
            P::control_words()
        } -> std::same_as<std::uint64_t>; // MXCSR, x87 control word in the upper half
        { P::set_control_words(word) } -> std::same_as<void>;
        { P::root() } -> std::same_as<hw::PhysAddr>; // of this vCPU's page table
        { P::memory() } -> std::same_as<std::byte*>; // where physical address 0 is mapped
        { P::extend_window(address, address) } -> std::same_as<void>; // map [begin, end) there too
        {
            P::program_tables()
        } -> std::same_as<std::uint64_t*>; // 2048 entries of 1 GiB each: the program's part
        {
            P::prepare_cpu(pool, 1U)
        } -> std::same_as<base::Result<hw::PhysAddr>>; // page tables for one more vCPU: their root
        { P::fresh_memory_is_zero } -> std::convertible_to<bool>;
    };

struct Machine {
    static void begin();
    static unsigned cpu();
    static void flush();
    static void ring_doorbell();
    static void relax();
    static std::uint64_t ticks();
    static base::Result<std::uint64_t> random();
    static void set_thread_pointer(std::uint64_t base);
    static std::uint64_t thread_pointer();
    static void set_second_pointer(std::uint64_t base);
    static std::uint64_t second_pointer();
    static std::size_t extended_state_size();
    static std::uint64_t extended_state_mask();
    static void save_extended_state(std::byte* at);
    static bool load_extended_state(std::byte* at);
    static void clean_extended_state();
    static std::uint64_t control_words(); // MXCSR, x87 control word in the upper half
    static void set_control_words(std::uint64_t words);
    static hw::PhysAddr root();
    static std::byte* memory();
    static void extend_window(hw::PhysAddr begin, hw::PhysAddr end);
    static std::uint64_t* program_tables();
    static base::Result<hw::PhysAddr> prepare_cpu(PagePool& pool, unsigned index);
    static bool const fresh_memory_is_zero;
};
static_assert(Platform<Machine>);

} // namespace shim
