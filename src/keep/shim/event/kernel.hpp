#pragma once

// All that the shim knows while it runs.

#include "keep/shim/event/clock.hpp"
#include "keep/shim/event/signal.hpp"
#include "keep/shim/file/descriptors.hpp"
#include "keep/shim/file/sources.hpp"
#include "keep/shim/file/watches.hpp"
#include "keep/shim/host/batch.hpp"
#include "keep/shim/host/host.hpp"
#include "keep/shim/memory/address_space.hpp"
#include "keep/shim/memory/user_memory.hpp"
#include "keep/shim/program/program_file.hpp"
#include "keep/shim/thread/thread.hpp"

#include <array>
#include <string_view>

namespace shim {

// One lock for all of the shim: held from the entry to the return, but not while the host works on
// a call that can wait.
class Lock {
public:
    void lock() {
        while (__atomic_exchange_n(&held_, true, __ATOMIC_ACQUIRE))
            while (__atomic_load_n(&held_, __ATOMIC_RELAXED)) Machine::relax();
    }
    void unlock() { __atomic_store_n(&held_, false, __ATOMIC_RELEASE); }
    bool held() const { return __atomic_load_n(&held_, __ATOMIC_RELAXED); }

private:
    bool held_ = false;
};

// The large tables, apart: zero at first, they cost memory only where they are used.
struct Tables {
    std::array<PagePool::Chunk, PagePool::max_chunks> chunks{};
    std::array<Region, Regions::max_regions> regions{};
    std::array<File, Descriptors::max_files> files{};
    std::array<Watch, Watches::max_watches> watches{};
    std::array<Source, Sources::max_sources> sources{};
    std::array<Thread, max_cpus> threads{};
    std::array<hw::PhysAddr, max_cpus> roots{}; // page tables of vCPUs, once made
    ProgramFile::Nodes nodes{};
};

struct Kernel {
    explicit Kernel(Tables& large) : tables{large} {}

    Tables& tables;
    Host host;
    PagePool pool{host, tables.chunks};
    Translations translations{host};
    ProgramFile program{*this, tables.nodes};
    AddressSpace space{pool, translations, program, tables.regions};
    UserMemory user{space};
    Descriptors files{tables.files};
    Watches watches{tables.watches};
    Sources sources{tables.sources};
    Batch batch{host};
    Signals signals{user};
    std::span<Thread, max_cpus> threads{tables.threads}; // by vCPU
    Clock clock;
    std::uint32_t next_thread_id = 1;
    std::uint32_t max_threads = 1;
    std::uint32_t reported_cpus = 1;
    std::uint64_t futex_order = 0;
    std::uint64_t pending = 0; // signals to the program that all threads block, as in Thread
    Range blocks;              // memory for the host-call blocks of further vCPUs
    std::uint64_t unknown_calls = 0;
    std::uint32_t user_id = 0;
    std::uint32_t group_id = 0;
    bool verbose = false;
    std::array<File, protocol::launch::named_files.size()> named{}; // Closed: there is none

    // Around all that a vCPU does between leaving the program and going back to it.
    void enter() {
        translations.left_program(); // first: who holds the lock may wait for it
        lock_.lock();
    }
    void leave() {
        translations.back_to_program();
        lock_.unlock();
    }
    // Whether some vCPU is in there: for tests.
    bool locked() const { return lock_.held(); }
    // Other threads go on while action() runs.
    template <class Action> auto meanwhile(Action action) {
        translations.settle();
        lock_.unlock();
        auto const answer = action();
        lock_.lock();
        return answer;
    }

    Thread& thread() { return threads[Machine::cpu()]; }
    // A host call that may wait.
    base::Result<std::uint64_t> wait(Call call, Arguments const& arguments, std::uint64_t limit) {
        auto const answer = meanwhile([&] { return host.call(call, arguments, limit); });
        if (Machine::cpu() == 0) batch.settle(files);
        return answer;
    }
    bool alone() const { return threads[1].state == Thread::State::None; } // and ever was

private:
    Lock lock_;
};

// How the Keep ends: of its own will (status), by a signal, or because the shim says so.
struct End {
    std::uint64_t status = 0;
    std::uint64_t signal = 0; // 0: none
    protocol::hostcall::EndReason reason = protocol::hostcall::EndReason::None;
    std::uint64_t detail = 0;
};
[[noreturn]] void end_keep(Kernel& kernel, End const& end);
[[noreturn]] void give_up(Kernel& kernel, std::string_view reason, std::uint64_t detail);
void log(Kernel& kernel, std::string_view text, std::uint64_t number);

// One system call or exception of the program, between enter() and leave().
void on_event(Kernel& kernel, Frame& frame);

} // namespace shim
