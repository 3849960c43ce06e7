#pragma once

// What vCPUs may still remember of the page tables. A page or a right is taken from the program
// only while no other vCPU is in it, and each forgets all that it remembers before it goes back.

#include "keep/shim/host/host.hpp"
#include "keep/shim/memory/range.hpp"
#include "keep/shim/platform/machine.hpp"

#include <array>
#include <cstdint>

namespace shim {

class Translations {
public:
    explicit Translations(Host& host) : host_{host} {}

    // On every entry into the shim, before the lock is taken: its holder may be waiting for this.
    void left_program() { __atomic_store_n(&own().in_program, false, __ATOMIC_RELEASE); }
    // On every return, before the lock is opened.
    void back_to_program();
    // Before the lock is opened while a call goes on.
    void settle();

    // Under the lock, before a page or a right is taken away: returns when no other vCPU is in the
    // program. None comes back before the lock is opened. The host is asked to interrupt those that
    // are; it can only delay.
    void take();

private:
    struct Cpu {
        std::uint64_t seen = 0; // the last epoch after which it has forgotten all; under the lock
        bool in_program = false;
    };

    Cpu& own() { return cpus_[Machine::cpu()]; }
    // A bit for each vCPU that is in the program, beside this one.
    using Others = std::array<std::uint64_t, max_cpus / 64>;
    bool find_others(Others& others) const;

    Host& host_;
    std::uint64_t epoch_ = 0; // under the lock: counts what was taken away
    unsigned used_ = 0;       // vCPUs that have ever been in the program lie below
    std::array<Cpu, max_cpus> cpus_{};
};

} // namespace shim
