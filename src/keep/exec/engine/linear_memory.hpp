#pragma once

// Where linear memories come from: one reservation of address space each, all together within one
// budget of bytes, which files in memory may share.
//
// The engine relies on the guards: an access beyond the accessible part, up to the end of the
// second guard, must fault.

#include "base/budget.hpp"
#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace exec::engine {

class LinearMemory;

// What all linear memories of this process take of the application's memory. One thread uses it:
// the one that runs the application.
class MemoryBudget {
public:
    enum class Refusal : std::uint8_t { None, Budget, System };

    explicit MemoryBudget(std::shared_ptr<base::Budget> bytes) : bytes_{std::move(bytes)} {}

    bool take(std::size_t bytes);
    void give_back(std::size_t bytes) { bytes_->give_back(bytes); }

    // The memory that begins at this address, if there is one.
    LinearMemory const* find(std::byte const* base) const;

    // Why the last demand for memory failed; the engine's own error does not tell.
    Refusal last_refusal() const { return last_refusal_; }

private:
    friend class LinearMemory;

    std::shared_ptr<base::Budget> bytes_;
    Refusal last_refusal_ = Refusal::None;
    std::vector<LinearMemory const*> memories_;
};

class LinearMemory {
public:
    // All in bytes. `reserved` is how far it can grow without moving.
    struct Shape {
        std::size_t minimum;
        std::size_t reserved;
        std::size_t guard;
    };

    static base::Result<std::unique_ptr<LinearMemory>> create(MemoryBudget& budget, Shape shape);
    LinearMemory(LinearMemory const&) = delete;
    LinearMemory(LinearMemory&&) = delete;
    LinearMemory& operator=(LinearMemory const&) = delete;
    LinearMemory& operator=(LinearMemory&&) = delete;
    ~LinearMemory();

    std::span<std::byte> bytes() const { return {base_, size_}; }
    std::size_t capacity() const { return capacity_; }

    // Moves the memory if it does not fit its reservation.
    base::Result<void> grow_to(std::size_t size);

private:
    LinearMemory(MemoryBudget& budget, std::size_t guard) : budget_{budget}, guard_{guard} {}

    std::unexpected<base::Errno> no_system_memory();
    base::Result<void> reserve(std::size_t capacity);
    base::Result<void> open_to(std::size_t size);
    base::Result<void> move_to(std::size_t size);
    void release();

    MemoryBudget& budget_;
    std::size_t guard_;
    std::byte* base_ = nullptr;
    std::size_t capacity_ = 0;
    std::size_t size_ = 0;
};

} // namespace exec::engine
