#include "host/vmm/mapping.hpp"

#include "os/check.hpp"

#include <cstdint>

#include <sys/mman.h>

namespace host::vmm {

namespace {

constexpr std::size_t small_page = 4096;
constexpr std::size_t large_page = 2 << 20;

} // namespace

base::Result<Mapping> Mapping::create(std::size_t size) {
    return map(size, PROT_READ | PROT_WRITE);
}

base::Result<Mapping> Mapping::reserve(std::size_t size) { return map(size, PROT_NONE); }

base::Result<Mapping> Mapping::map(std::size_t size, int rights) {
    constexpr int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
    void* const at = ::mmap(nullptr, size + large_page, rights, flags, -1, 0);
    if (at == MAP_FAILED) return std::unexpected(os::last_error());
    // Safety: the aligned part of a mapping that is ours.
    std::span const whole{static_cast<std::byte*>(at), size + large_page};
    std::size_t const before =
        (large_page - reinterpret_cast<std::uintptr_t>(at) % large_page) % large_page;
    return Mapping{whole, whole.subspan(before, size)};
}

Mapping::~Mapping() {
    if (!whole_.empty()) ::munmap(whole_.data(), whole_.size());
}

base::Result<void> Mapping::place_file(std::size_t offset, os::Fd const& file, std::size_t size) {
    if (size == 0) return {};
    auto const part = bytes_.subspan(offset, size);
    void* const at =
        ::mmap(part.data(), part.size(), PROT_READ, MAP_PRIVATE | MAP_FIXED, file.number(), 0);
    if (at == MAP_FAILED) return std::unexpected(os::last_error());
    // Read from the disk in large pieces, so that large pages can map it; else slower, not wrong.
    static_cast<void>(::madvise(part.data(), part.size(), MADV_HUGEPAGE));
    return {};
}

void Mapping::populate(std::size_t offset, std::size_t size) {
    auto const begin = offset / small_page * small_page;
    auto const part = bytes_.subspan(begin, offset + size - begin);
    // Not before Linux 5.14: then they come as they are touched.
    static_cast<void>(::madvise(part.data(), part.size(), MADV_POPULATE_WRITE));
}

void Mapping::prefer_large_pages(std::size_t offset, std::size_t size) {
    auto const part = bytes_.subspan(offset, size);
    // Without it the Keep is slower, not wrong.
    static_cast<void>(::madvise(part.data(), part.size(), MADV_HUGEPAGE));
}

base::Result<void> Mapping::discard(std::size_t offset, std::size_t size) {
    auto const part = bytes_.subspan(offset, size);
    return os::done(::madvise(part.data(), part.size(), MADV_DONTNEED));
}

} // namespace host::vmm
