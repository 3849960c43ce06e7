#pragma once

// A Keep that is an ordinary process: the same core over memory of this process, a host that a test
// plays, no hardware.

#include "keep/shim/event/kernel.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace shim::fake {

// How the Keep ended, thrown where a real one never returns.
struct Ended : End {};

// The host's part of a call: answers, and may do with the block's data what it likes.
using HostPart = std::function<std::int64_t(Call, Arguments const&, std::span<std::byte> data)>;

inline constexpr std::uint64_t first_memory = 256ULL << 20;

// What a Keep has at first, how far it may grow, and what each run of a test fills anew.
struct Memory {
    std::uint64_t first = first_memory;
    std::uint64_t limit = 1ULL << 30;
    Range busy{};
};

// For fuzzers: no single call can cost much.
inline constexpr Memory small_memory{.first = 16ULL << 20, .limit = 32ULL << 20};

class World {
public:
    explicit World(Memory memory = {});
    ~World();
    World(World const&) = delete;
    World& operator=(World const&) = delete;

    Kernel& kernel() { return *kernel_; }
    void set_host(HostPart host) { host_ = std::move(host); }
    // What the processor's counter shows.
    static void set_counter(std::function<std::uint64_t()> counter);

    // A system call as the program makes it; what the program finds in RAX.
    std::int64_t call(std::uint64_t number, Arguments const& arguments = {});
    // An exception of the program at `frame`.
    void raise(Frame& frame);
    Frame& frame() { return frame_; }

    // Memory of the program, read-write, for arguments.
    std::uint64_t room(std::uint64_t size);
    std::uint64_t put(std::span<std::byte const> bytes);
    std::uint64_t put(std::string_view text); // with its zero
    std::vector<std::byte> get(std::uint64_t at, std::uint64_t size);

    // Of all of the shim's memory outside the block: what a host must never change.
    std::span<std::byte> block() const;
    std::span<std::byte> batch() const; // what goes along with calls
    void ring();
    // How often the vCPU has forgotten what it knew of the page tables.
    static std::uint64_t flushes();

private:
    std::unique_ptr<Kernel> kernel_;
    HostPart host_;
    Frame frame_{};
};

} // namespace shim::fake
