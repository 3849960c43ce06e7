// Linear memories as reservations that are opened page by page.

#include "keep/exec/engine/linear_memory.hpp"

#include "hw/address.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include <sys/mman.h>

namespace exec::engine {

namespace {

// A memory that has to move gets this much room to grow before it has to move again.
constexpr std::size_t room_after_move = 2ULL << 30;

constexpr std::size_t up_to_page(std::size_t bytes) {
    return (bytes + hw::page_size - 1) / hw::page_size * hw::page_size;
}

// No sum of reservation and guards may pass this.
constexpr std::size_t address_space = 1ULL << 46;

} // namespace

bool MemoryBudget::take(std::size_t bytes) {
    if (bytes_->take(bytes)) return true;
    last_refusal_ = Refusal::Budget;
    return false;
}

LinearMemory const* MemoryBudget::find(std::byte const* base) const {
    auto const at = std::ranges::find_if(memories_, [&](auto* memory) {
        return memory->bytes().data() == base;
    });
    return at == memories_.end() ? nullptr : *at;
}

base::Result<std::unique_ptr<LinearMemory>>
LinearMemory::create(MemoryBudget& budget, Shape shape) {
    if (!budget.take(shape.minimum)) return std::unexpected(base::Errno::NoMem);
    std::unique_ptr<LinearMemory> memory{new LinearMemory{budget, up_to_page(shape.guard)}};
    memory->size_ = shape.minimum; // from here on the destructor gives it back
    budget.memories_.push_back(memory.get());
    TRY(memory->reserve(std::max(shape.minimum, shape.reserved)));
    TRY(memory->open_to(shape.minimum));
    return memory;
}

LinearMemory::~LinearMemory() {
    release();
    budget_.give_back(size_);
    std::erase(budget_.memories_, this);
}

void LinearMemory::release() {
    if (base_ != nullptr) ::munmap(base_ - guard_, guard_ + capacity_ + guard_);
    base_ = nullptr;
}

std::unexpected<base::Errno> LinearMemory::no_system_memory() {
    budget_.last_refusal_ = MemoryBudget::Refusal::System;
    return std::unexpected(base::Errno::NoMem);
}

base::Result<void> LinearMemory::reserve(std::size_t capacity) {
    if (capacity > address_space || guard_ > address_space) return no_system_memory();
    capacity = up_to_page(capacity);
    void* const at = ::mmap(
        nullptr,
        guard_ + capacity + guard_,
        PROT_NONE,
        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
        -1,
        0
    );
    if (at == MAP_FAILED) return no_system_memory();
    base_ = static_cast<std::byte*>(at) + guard_;
    capacity_ = capacity;
    return {};
}

// Makes the first `size` bytes accessible. Opening what is open already changes nothing.
base::Result<void> LinearMemory::open_to(std::size_t size) {
    if (size == 0) return {};
    if (::mprotect(base_, up_to_page(size), PROT_READ | PROT_WRITE) != 0) return no_system_memory();
    return {};
}

base::Result<void> LinearMemory::grow_to(std::size_t size) {
    if (size <= size_) return {};
    if (!budget_.take(size - size_)) return std::unexpected(base::Errno::NoMem);
    auto const grown = size <= capacity_ ? open_to(size) : move_to(size);
    if (!grown) {
        budget_.give_back(size - size_);
        return grown;
    }
    size_ = size;
    return {};
}

base::Result<void> LinearMemory::move_to(std::size_t size) {
    if (size > address_space) return no_system_memory();
    auto* const old_base = std::exchange(base_, nullptr);
    auto const old_capacity = capacity_;
    auto const moved = [&]() -> base::Result<void> {
        TRY(reserve(size + room_after_move));
        return open_to(size);
    }();
    if (!moved) {
        release();
        base_ = old_base;
        capacity_ = old_capacity;
        return moved;
    }
    std::memcpy(base_, old_base, size_);
    ::munmap(old_base - guard_, guard_ + old_capacity + guard_);
    return {};
}

} // namespace exec::engine
