#include "os/pages.hpp"

#include "os/check.hpp"

#include <cstdint>

#include <sys/mman.h>

namespace os {

namespace {

std::size_t up_to_boundary(std::byte const* at, std::size_t alignment) {
    auto const beyond = reinterpret_cast<std::uintptr_t>(at) % alignment;
    return beyond == 0 ? 0 : alignment - beyond;
}

void unmap(std::span<std::byte> bytes) {
    if (!bytes.empty()) ::munmap(bytes.data(), bytes.size());
}

} // namespace

base::Result<Pages> Pages::create(std::size_t size, std::size_t alignment) {
    auto const room = size + alignment; // enough to hold an aligned part
    void* const at =
        ::mmap(nullptr, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED) return std::unexpected(last_error());
    std::span const all{static_cast<std::byte*>(at), room};
    auto const before = up_to_boundary(all.data(), alignment);
    unmap(all.first(before));
    unmap(all.subspan(before + size));
    return Pages{all.subspan(before, size)};
}

Pages::~Pages() { unmap(bytes_); }

void Pages::prefer_huge() { ::madvise(bytes_.data(), bytes_.size(), MADV_HUGEPAGE); }

} // namespace os
