#include "keep/shim/platform/fake/store.hpp"

#include "protocol/hostcall/batch.hpp"
#include "protocol/launch/machine.hpp"

#include <cstdlib>
#include <cstring>
#include <utility>

#include <sanitizer/asan_interface.h>
#include <sys/mman.h>

namespace shim::fake {

namespace {

namespace launch = protocol::launch;

constexpr std::uint64_t guard_size = 1 << 20; // behind the end of memory: no access
constexpr std::uint64_t most_chunks = Store::memory_size / large_page_size;
constexpr unsigned between_checks = 4096;

constexpr Range batch{
    launch::batch_address, launch::batch_address + protocol::hostcall::batch_size
};
constexpr Range block{
    launch::block_address, launch::block_address + protocol::hostcall::block_size
};

// What nearly every world uses, beside the block.
constexpr Range first_late{batch.begin, batch.begin + protocol::hostcall::late_offset + (8 << 10)};
constexpr Range first_tables{launch::table_address, launch::table_address + (64 << 10)};
constexpr Range first_pages{launch::files_address, launch::files_address + (384 << 10)};

void* reserve() {
    return ::mmap(
        nullptr,
        Store::memory_size + guard_size,
        PROT_NONE,
        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
        -1,
        0
    );
}

template <class T> void wipe(T& table) {
    std::memset(static_cast<void*>(table.data()), 0, table.size() * sizeof(table[0]));
}

} // namespace

Store::Store() : memory_{static_cast<std::byte*>(reserve())}, tables_{std::make_unique<Tables>()} {
    if (::mprotect(memory_, memory_size, PROT_READ | PROT_WRITE) != 0) std::abort();
    // Where a Keep has its image and its boot block, and behind what it shares with the host, a
    // world has nothing.
    ASAN_POISON_MEMORY_REGION(memory_, batch.begin);
    ASAN_POISON_MEMORY_REGION(memory_ + batch.end, block.begin - batch.end);
    ASAN_POISON_MEMORY_REGION(memory_ + block.end, first_tables.begin - block.end);
}

Store::~Store() {
    ASAN_UNPOISON_MEMORY_REGION(memory_, first_tables.begin);
    ::munmap(memory_, memory_size + guard_size);
}

void Store::clear(Range busy) {
    std::uint64_t idle = 0;
    for (auto const& range : {first_late, block, first_tables, first_pages, busy}) {
        if (range.empty()) continue;
        std::memset(memory_ + range.begin, 0, range.size());
        ::madvise(memory_ + idle, range.begin - idle, MADV_DONTNEED);
        idle = range.end;
    }
    ::madvise(memory_ + idle, memory_size - idle, MADV_DONTNEED);
    clear_tables();
    if (clears_++ % between_checks == 0 && !tables_clear()) std::abort();
}

void Store::clear_tables() {
    if (std::exchange(soiled_, false)) {
        std::memset(static_cast<void*>(tables_.get()), 0, sizeof(Tables));
        return;
    }
    wipe(tables_->files);
    wipe(tables_->watches);
    wipe(tables_->threads);
    wipe(tables_->nodes);
    // No chunk lies beyond the memory; regions and watches fill theirs from the front, without a
    // gap.
    std::memset(tables_->chunks.data(), 0, most_chunks * sizeof(PagePool::Chunk));
    for (auto& region : tables_->regions) {
        if (region.range.end == 0) break;
        std::memset(static_cast<void*>(&region), 0, sizeof region);
    }
}

void Store::soil_tables() {
    soiled_ = true;
    std::memset(static_cast<void*>(tables_.get()), 0xa5, sizeof(Tables));
}

bool Store::tables_clear() const {
    auto const bytes = std::as_bytes(std::span{tables_.get(), 1});
    return bytes[0] == std::byte{} &&
           std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0;
}

} // namespace shim::fake
