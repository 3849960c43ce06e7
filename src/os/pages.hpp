#pragma once

// Anonymous memory of this process in whole pages, zeroed, unmapped when its owner goes.

#include "base/result.hpp"

#include <cstddef>
#include <span>
#include <utility>

namespace os {

class Pages {
public:
    // `size` is a multiple of `alignment`, a power of two of at least a page.
    static base::Result<Pages> create(std::size_t size, std::size_t alignment);

    Pages(Pages&& other) noexcept : bytes_{std::exchange(other.bytes_, {})} {}
    Pages& operator=(Pages&& other) noexcept {
        std::swap(bytes_, other.bytes_);
        return *this;
    }
    ~Pages();

    std::span<std::byte> bytes() const { return bytes_; }

    // Asks for huge pages: a hint, so there is nothing to fail.
    void prefer_huge();

private:
    explicit Pages(std::span<std::byte> bytes) : bytes_{bytes} {}

    std::span<std::byte> bytes_;
};

} // namespace os
