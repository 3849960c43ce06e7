// See shared_memory.hpp.
#include "front/shared_memory.hpp"

#include "front/injection.hpp"
#include "front/maps.hpp"

#include <algorithm>
#include <csignal>
#include <optional>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>

namespace model::front {

namespace {

// A region that is not shared: its bytes in a file of the model's.
struct Moved {
    Region region;
    Pages pages;
    int number = -1; // in the target
};

void copy(pid_t thread, Region const& region, std::span<std::byte> to) {
    constexpr std::size_t piece = 1 << 20;
    std::vector<std::byte> buffer(piece);
    for (std::size_t at = 0; at < to.size(); at += piece) {
        auto const part = std::span{buffer}.first(std::min(piece, to.size() - at));
        if (!read_memory(thread, region.begin + at, part)) continue;
        // What is zero stays without memory.
        for (std::size_t page = 0; page < part.size(); page += page_size) {
            auto const bytes = part.subspan(page, page_size);
            if (std::ranges::any_of(bytes, [](std::byte b) { return b != std::byte{}; }))
                std::ranges::copy(bytes, to.subspan(at + page).begin());
        }
    }
}

bool map_here(std::byte* at, std::size_t size, int file, std::uint64_t offset, bool writable) {
    int const rights = PROT_READ | (writable ? PROT_WRITE : 0);
    return ::mmap(at, size, rights, MAP_SHARED | MAP_FIXED, file, static_cast<off_t>(offset)) !=
           MAP_FAILED;
}

std::optional<Moved> move(Listener const& listener, Call const& call, Region const& region) {
    auto pages = Pages::create(memory_name, region.end - region.begin);
    if (!pages) return std::nullopt;
    if (region.readable) copy(call.thread, region, pages.bytes());
    int const number = listener.give(call.id, pages.file(), false);
    if (number < 0) return std::nullopt;
    return Moved{.region = region, .pages = std::move(pages), .number = number};
}

bool put_into_target(pid_t thread, std::vector<Moved> const& moved) {
    BorrowedThread borrowed{thread};
    if (!borrowed) return false;
    bool good = true;
    for (auto const& [region, pages, number] : moved) {
        auto const rights = (region.readable ? PROT_READ : 0) | (region.writable ? PROT_WRITE : 0) |
                            (region.executable ? PROT_EXEC : 0);
        auto const descriptor = static_cast<std::uint64_t>(number);
        auto const at = borrowed.call(
            SYS_mmap,
            {region.begin,
             region.end - region.begin,
             static_cast<std::uint64_t>(rights),
             MAP_SHARED | MAP_FIXED,
             descriptor,
             0}
        );
        good = good && at == static_cast<long>(region.begin);
        borrowed.call(SYS_close, {descriptor, 0, 0, 0, 0, 0});
    }
    borrowed.returns(good ? 0 : -ENOMEM);
    return good;
}

} // namespace

std::shared_ptr<SharedMemory> SharedMemory::create(
    Listener const& listener, Call const& call, std::uint64_t at, std::size_t size
) {
    void* const here =
        ::mmap(nullptr, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (here == MAP_FAILED) return nullptr;
    std::shared_ptr<SharedMemory> result{new SharedMemory{at, static_cast<std::byte*>(here), size}};
    std::vector<Moved> moved;
    auto const regions = regions_of(call.thread, at, at + size);
    for (auto const& region : regions) {
        auto* const part = result->bytes_ + (region.begin - at);
        if (region.shared) {
            auto const file = file_of(call.thread, region);
            if (!file ||
                !map_here(
                    part, region.end - region.begin, file.number(), region.offset, region.writable
                ))
                return nullptr;
        } else {
            auto one = move(listener, call, region);
            if (!one || !map_here(part, region.end - region.begin, one->pages.file(), 0, true))
                return nullptr;
            moved.push_back(*std::move(one));
        }
    }
    for (auto const& region : regions)
        if (region.readable)
            result->parts_.push_back(
                {.begin = region.begin - at, .end = region.end - at, .writable = region.writable}
            );
    if (!moved.empty()) {
        if (!put_into_target(call.thread, moved)) return nullptr;
        result->answered_ = true;
    }
    return result;
}

std::byte* SharedMemory::page(std::uint64_t offset, bool to_write) const {
    auto const part = std::ranges::find_if(parts_, [=](Part const& p) {
        return offset >= p.begin && offset < p.end && (p.writable || !to_write);
    });
    return part == parts_.end() ? nullptr : bytes_ + page_of(offset);
}

SharedMemory::~SharedMemory() { ::munmap(bytes_, size_); }

bool SharedMemory::discard(pid_t thread, std::uint64_t at, std::size_t size) {
    auto const regions = regions_of(thread, at, at + size);
    if (regions.empty() ||
        !std::ranges::all_of(regions, [](Region const& r) { return r.name.contains(memory_name); }))
        return false;
    return std::ranges::all_of(regions, [thread](Region const& region) {
        auto const file = file_of(thread, region);
        return file && ::fallocate(
                           file.number(),
                           FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                           static_cast<off_t>(region.offset),
                           static_cast<off_t>(region.end - region.begin)
                       ) == 0;
    });
}

} // namespace model::front
