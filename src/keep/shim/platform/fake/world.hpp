#pragma once

// A Keep that is an ordinary process: the same core over memory of this process, a host that a test
// plays, no hardware.

#include "keep/shim/event/kernel.hpp"
#include "protocol/evidence/purpose.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace shim::fake {

// How the Keep ended, thrown where a real one never returns.
struct Ended : End {};

// What no Keep may do with its own memory, thrown where hardware would end it.
struct Misused {
    char const* how;
};

// The host's part of a call: answers, and may do with the block's data what it likes.
using HostPart = std::function<std::int64_t(Call, Arguments const&, std::span<std::byte> data)>;

// What the hardware answers when the Keep asks for a report.
using Reports = std::function<base::Result<std::size_t>(
    protocol::evidence::Purpose, std::span<std::byte const> bound, std::span<std::byte> to
)>;

// What it answers when the Keep asks for the key of compiled code; nothing: that is given up.
using CodeKeys =
    std::function<base::Result<base::Bytes<32>>(std::optional<base::Bytes<32>> const& origin)>;

inline constexpr std::uint64_t first_memory = 256ULL << 20;

// What a Keep has at first, how far it may grow, and what each run of a test fills anew.
struct Memory {
    std::uint64_t first = first_memory;
    std::uint64_t limit = 1ULL << 30;
    Range busy{};
    unsigned cpus = 1; // that are in the program
    // The Keep's own: nothing is in it that the Keep has not accepted, and then it is zero.
    bool own = false;
};

inline constexpr unsigned most_cpus = 4;

// For fuzzers: no single call can cost much.
inline constexpr Memory small_memory{.first = 16ULL << 20, .limit = 32ULL << 20};

// What the program finds in RAX after a call that failed.
constexpr std::int64_t error(base::Errno why) { return -static_cast<std::int64_t>(why); }

class World {
public:
    explicit World(Memory memory = {});
    ~World();
    World(World const&) = delete;
    World& operator=(World const&) = delete;

    Kernel& kernel() { return *kernel_; }
    void set_host(HostPart host) { host_ = std::move(host); }
    // The hardware that vouches for the Keep, if any does.
    static void set_reports(Reports reports);
    static void set_code_keys(CodeKeys keys);
    // What the processor's counter shows.
    static void set_counter(std::function<std::uint64_t()> counter);
    // The counter is the Keep's own, and goes this fast.
    static void set_own_tsc(std::optional<std::uint64_t> khz);

    // A system call as the program makes it; what the program finds in RAX.
    std::int64_t call(std::uint64_t number, Arguments const& arguments = {});
    // An exception of the program at `frame`.
    void raise(Frame& frame);
    Frame& frame();

    // Which vCPU does what follows; the first at first.
    void on(unsigned cpu);
    // The program loads, stores or fetches on this vCPU: by what it remembers, else by the page
    // tables, else by a fault. Where in memory; nothing if it would fault for ever.
    std::optional<hw::PhysAddr> touch(std::uint64_t at, Access access);
    // Every vCPU in the program touches all that it may.
    void learn_all();
    // What a vCPU in the program remembers and the page tables do not say. Or null.
    char const* audit();
    // Whether this page is the Keep's own now.
    static bool owns(hw::PhysAddr page);
    // From now on memory is taken and let go of by one vCPU at a time, or it is misused.
    static void demand_lock();
    // Whether the host has kicked it and it has not come back to the program since.
    bool kicked(unsigned cpu) const;
    unsigned kicks() const { return kicks_; } // calls that asked for them
    void lose_kicks(unsigned count) { lost_kicks_ = count; }

    // Memory of the program, read-write, for arguments.
    std::uint64_t room(std::uint64_t size);
    std::uint64_t put(std::span<std::byte const> bytes);
    std::uint64_t put(std::string_view text); // with its zero
    std::vector<std::byte> get(std::uint64_t at, std::uint64_t size);

    // Of all of the shim's memory outside the block: what a host must never change.
    std::span<std::byte> block() const;
    std::span<std::byte> batch() const; // what goes along with calls
    void ring();

private:
    void enter(Frame& frame);
    void kick(std::uint64_t cpus);
    void let_kicked_go_on();
    std::int64_t answer(Call call, Arguments const& arguments, std::span<std::byte> data);

    std::unique_ptr<Kernel> kernel_;
    HostPart host_;
    unsigned cpus_;
    unsigned kicks_ = 0;
    unsigned lost_kicks_ = 0;
    char const* broken_ = nullptr; // at a kick
};

} // namespace shim::fake
