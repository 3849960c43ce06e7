#pragma once

// Half-open ranges of addresses, and rounding to pages.

#include "hw/address.hpp"

#include <cstdint>

namespace shim {

inline constexpr std::uint64_t large_page_size = 2 << 20;

constexpr std::uint64_t round_down(std::uint64_t v, std::uint64_t unit) { return v & ~(unit - 1); }
constexpr std::uint64_t round_up(std::uint64_t v, std::uint64_t unit) {
    return round_down(v + unit - 1, unit);
}
constexpr std::uint64_t smaller(std::uint64_t a, std::uint64_t b) { return a < b ? a : b; }
constexpr std::uint64_t larger(std::uint64_t a, std::uint64_t b) { return a > b ? a : b; }

struct Range {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;

    constexpr std::uint64_t size() const { return end - begin; }
    constexpr bool empty() const { return begin >= end; }
    constexpr bool contains(std::uint64_t at) const { return at >= begin && at < end; }
    constexpr bool contains(Range other) const { return other.begin >= begin && other.end <= end; }
    constexpr Range intersect(Range other) const {
        return {larger(begin, other.begin), smaller(end, other.end)};
    }
};

// Where a program's memory can lie: the four top-level entries that every page table shares.
inline constexpr Range program_space{2ULL << 39, 6ULL << 39};

// The pages that hold [at, at + size), if they lie in the program's part.
constexpr Range pages_of(std::uint64_t at, std::uint64_t size) {
    if (size > program_space.size() || !program_space.contains(at)) return {};
    Range const pages{round_down(at, hw::page_size), round_up(at + size, hw::page_size)};
    return program_space.contains(pages) ? pages : Range{};
}

} // namespace shim
