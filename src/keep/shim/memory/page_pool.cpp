#include "keep/shim/memory/page_pool.hpp"

#include "keep/shim/host/host.hpp"
#include "keep/shim/platform/machine.hpp"
#include "protocol/launch/machine.hpp"

#include <cstring>
#include <utility>

namespace shim {

namespace {

std::uint32_t chunk_of(std::uint64_t address) {
    return static_cast<std::uint32_t>(address / large_page_size);
}
std::uint64_t address_of(std::uint32_t chunk) { return chunk * large_page_size; }
void zero(hw::PhysAddr at, std::uint64_t size) { std::memset(physical(at), 0, size); }

// A free page holds which one of its chunk is free next, and nothing else.
constexpr std::uint32_t index_mask = 0x3ff;
std::uint32_t next_free(hw::PhysAddr page) {
    std::uint32_t next = 0;
    std::memcpy(&next, physical(page), sizeof next);
    return next & index_mask;
}
void set_next_free(hw::PhysAddr page, std::uint32_t next) {
    std::memcpy(physical(page), &next, sizeof next);
}

} // namespace

base::Result<void> PagePool::add(Range chunks, Range tables, std::uint64_t limit) {
    bool const aligned = chunks.begin % large_page_size == 0 && chunks.end % large_page_size == 0;
    if (!aligned || chunks.empty() || chunks.end > max_chunks * large_page_size)
        return std::unexpected(base::Errno::Proto);
    next_chunk_ = chunks.begin;
    next_chunk_end_ = chunks.end;
    limit_ = smaller(limit, max_chunks * large_page_size);
    tables_ = tables;
    return {};
}

base::Result<void> PagePool::grow() {
    // Doubling keeps the number of growths small; the host says how much it really was.
    std::uint64_t const room = limit_ > next_chunk_end_ ? limit_ - next_chunk_end_ : 0;
    std::uint64_t const want = smaller(larger(next_chunk_end_, 256U << 20), room);
    if (want < large_page_size) return std::unexpected(base::Errno::NoMem);
    auto const got = TRY(host_.call(protocol::hostcall::Call::Grow, {want}, want));
    if (got < large_page_size) return std::unexpected(base::Errno::NoMem);
    auto const end = next_chunk_end_ + round_down(got, large_page_size);
    Machine::extend_window(hw::PhysAddr{next_chunk_end_}, hw::PhysAddr{end}, Whose::Keeps);
    next_chunk_end_ = end;
    return {};
}

base::Result<std::uint32_t> PagePool::take_chunk() {
    for (auto* const first : {&dirty_, &clean_}) {
        if (*first == 0) continue;
        auto const index = std::exchange(*first, chunks_[*first].next);
        auto& chunk = chunks_[index];
        if (first == &dirty_) --dirty_count_;
        if (first == &dirty_ && chunk.free_count != 0) return index;
        if (first == &dirty_) zero(hw::PhysAddr{address_of(index)}, large_page_size);
        chunk = {.accepted = first == &dirty_};
        return index;
    }
    if (next_chunk_ == next_chunk_end_) TRY(grow());
    auto const index = chunk_of(next_chunk_);
    next_chunk_ += large_page_size;
    chunks_.reach(index + 1);
    return index;
}

void PagePool::list(std::uint32_t index) {
    auto& chunk = chunks_[index];
    chunk.listed = 1;
    chunk.previous = 0;
    chunk.next = partial_;
    if (partial_ != 0) chunks_[partial_].previous = index;
    partial_ = index;
}

void PagePool::unlist(std::uint32_t index) {
    auto& chunk = chunks_[index];
    chunk.listed = 0;
    (chunk.previous == 0 ? partial_ : chunks_[chunk.previous].next) = chunk.next;
    if (chunk.next != 0) chunks_[chunk.next].previous = chunk.previous;
}

base::Result<hw::PhysAddr> PagePool::page() {
    if (partial_ == 0) list(TRY(take_chunk()));
    auto const index = partial_;
    auto& chunk = chunks_[index];
    ++used_pages_;
    hw::PhysAddr at{};
    if (chunk.free_head != 0) {
        at = hw::PhysAddr{address_of(index) + (chunk.free_head - 1) * hw::page_size};
        chunk.free_head = next_free(at) & index_mask;
        --chunk.free_count;
        zero(at, hw::page_size);
    } else {
        at = hw::PhysAddr{address_of(index) + chunk.fresh++ * hw::page_size};
        if (!chunk.accepted) Machine::accept(physical(at), hw::page_size);
    }
    if (chunk.free_head == 0 && chunk.fresh == pages_per_chunk) unlist(index);
    return at;
}

base::Result<hw::PhysAddr> PagePool::large() {
    auto const index = TRY(take_chunk());
    hw::PhysAddr const at{address_of(index)};
    auto& chunk = chunks_[index];
    std::uint64_t const touched = chunk.fresh * hw::page_size;
    zero(at, touched);
    if (!chunk.accepted) Machine::accept(physical(at + touched), large_page_size - touched);
    chunk = {.fresh = pages_per_chunk, .accepted = chunk.accepted};
    used_pages_ += pages_per_chunk;
    return at;
}

base::Result<hw::PhysAddr> PagePool::open_chunk() {
    if (open_.begin == 0) return large();
    if (open_.empty()) return std::unexpected(base::Errno::NoMem);
    hw::PhysAddr const at{open_.begin};
    open_.begin += large_page_size;
    return at;
}

base::Result<hw::PhysAddr> PagePool::table() {
    if (tables_.empty() && Machine::owns_memory()) return page();
    if (tables_.empty()) {
        auto const chunk = TRY(open_chunk());
        tables_ = {chunk.raw(), chunk.raw() + large_page_size};
    }
    hw::PhysAddr const at{tables_.begin};
    tables_.begin += hw::page_size;
    // The first tables lie in memory that nobody has used before.
    if (at.raw() < protocol::launch::files_address) Machine::accept(physical(at), hw::page_size);
    return at;
}

base::Result<hw::PhysAddr> PagePool::piece(std::uint64_t size) {
    auto const whole = round_up(size, hw::page_size);
    bool const small = whole <= tables_.size() / 2;
    while (!small && next_chunk_end_ - next_chunk_ < whole) TRY(grow());
    hw::PhysAddr const at{small ? tables_.end -= whole : next_chunk_};
    if (!small) next_chunk_ += round_up(whole, large_page_size);
    used_pages_ += whole / hw::page_size;
    Machine::accept(physical(at), whole);
    return at;
}

void PagePool::release(hw::PhysAddr page) {
    auto const index = chunk_of(page.raw());
    auto& chunk = chunks_[index];
    // Nothing of the program is ever seen again; the link below is all that free memory holds.
    set_next_free(page, chunk.free_head);
    chunk.free_head = ((page.raw() - address_of(index)) / hw::page_size + 1) & index_mask;
    ++chunk.free_count;
    --used_pages_;
    if (!chunk.listed) list(index);
    bool const only = partial_ == index && chunk.next == 0;
    if (chunk.free_count != chunk.fresh || only) return;
    unlist(index);
    free_chunk(index);
}

void PagePool::release_large(hw::PhysAddr chunk) {
    used_pages_ -= pages_per_chunk;
    free_chunk(chunk_of(chunk.raw()));
}

void PagePool::free_chunk(std::uint32_t index) {
    auto& chunk = chunks_[index];
    chunk.previous = 0;
    bool dirty = true;
    if (dirty_count_ >= idle_chunks) {
        hw::PhysAddr const at{address_of(index)};
        // The host may say no, or say yes and keep what it had: what was let go is new memory
        // again.
        Machine::give_back(at, chunk.accepted ? large_page_size : chunk.fresh * hw::page_size);
        auto const given =
            host_.call(protocol::hostcall::Call::Discard, {at.raw(), large_page_size}, 0);
        dirty = !given && !Machine::owns_memory();
    }
    auto& head = dirty ? dirty_ : clean_;
    if (dirty) ++dirty_count_;
    chunk.next = head;
    head = index;
}

} // namespace shim
