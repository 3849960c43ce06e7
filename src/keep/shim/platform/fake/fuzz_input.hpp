#pragma once

// A fuzzer's input, taken in numbers from the front; where it ends, zeros.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace shim::fake {

class Input {
public:
    Input(std::uint8_t const* data, std::size_t size) : bytes_{data, size} {}

    bool empty() const { return bytes_.empty(); }
    std::uint64_t take(std::size_t n) {
        std::uint64_t value = 0;
        n = std::min(n, bytes_.size());
        std::memcpy(&value, bytes_.data(), n);
        bytes_ = bytes_.subspan(n);
        return value;
    }

private:
    std::span<std::uint8_t const> bytes_;
};

} // namespace shim::fake
