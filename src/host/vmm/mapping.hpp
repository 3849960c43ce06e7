#pragma once

// Address space of this process that becomes a Keep's memory, unmapped when its owner goes.

#include "base/result.hpp"
#include "os/fd.hpp"

#include <cstddef>
#include <span>
#include <utility>

namespace host::vmm {

class Mapping {
public:
    // Zero pages, at an address that is a multiple of 2 MiB; they cost nothing before they are
    // touched.
    static base::Result<Mapping> create(std::size_t size);
    // Addresses alone, behind which nothing is: so that nothing else comes to lie there.
    static base::Result<Mapping> reserve(std::size_t size);

    Mapping(Mapping&& other) noexcept
        : whole_{std::exchange(other.whole_, {})}, bytes_{std::exchange(other.bytes_, {})} {}
    Mapping& operator=(Mapping&& other) noexcept {
        std::swap(whole_, other.whole_);
        std::swap(bytes_, other.bytes_);
        return *this;
    }
    ~Mapping();

    // Puts a file's pages, read-only and shared with all who read it, in the place of [offset,
    // offset + size).
    base::Result<void> place_file(std::size_t offset, os::Fd const& file, std::size_t size);
    // Brings the pages of [offset, offset + size) in at once.
    void populate(std::size_t offset, std::size_t size);
    // What the pages of [offset, offset + size) shall be.
    void prefer_large_pages(std::size_t offset, std::size_t size);
    base::Result<void> discard(std::size_t offset, std::size_t size);

    std::span<std::byte> bytes() const { return bytes_; }

private:
    static base::Result<Mapping> map(std::size_t size, int rights);
    Mapping(std::span<std::byte> whole, std::span<std::byte> bytes)
        : whole_{whole}, bytes_{bytes} {}

    std::span<std::byte> whole_; // with what lies before and behind, untouched: cheaper than giving
                                 // it back
    std::span<std::byte> bytes_;
};

} // namespace host::vmm
