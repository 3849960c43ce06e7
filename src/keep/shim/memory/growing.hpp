#pragma once

// A table of the shim's in pages of its own, which become the Keep's as it fills: in order, each
// once, and never back.

#include "keep/shim/platform/machine.hpp"

#include <array>
#include <span>

namespace shim {

template <class T, std::size_t N> struct alignas(hw::page_size) Table : std::array<T, N> {};

template <class T, std::size_t N> class Growing : public std::span<T, N> {
public:
    explicit(false) Growing(auto& all) : std::span<T, N>{all} {}

    // Before the first use of any of the first `count`.
    void reach(std::size_t count) {
        auto const end = round_up(count * sizeof(T), hw::page_size);
        if (end <= taken_) return;
        Machine::accept(reinterpret_cast<std::byte*>(this->data()) + taken_, end - taken_);
        taken_ = end;
    }

private:
    std::uint64_t taken_ = 0; // bytes
};

} // namespace shim
