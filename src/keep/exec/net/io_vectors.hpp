#pragma once

// The application's buffers in the form that the system calls take.

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

#include <sys/uio.h>

namespace exec::net {

// The first IOV_MAX (1024) of the given buffers: a stream may always do less than it was asked for.
class IoVectors {
public:
    explicit IoVectors(std::span<std::span<std::byte> const> buffers) {
        for (auto const buffer : buffers.first(std::min(buffers.size(), entries_.size())))
            add(buffer.data(), buffer.size());
    }
    explicit IoVectors(std::span<std::span<std::byte const> const> buffers) {
        for (auto const buffer : buffers.first(std::min(buffers.size(), entries_.size())))
            // Safety: iovec knows no const; sendmsg only reads.
            add(const_cast<std::byte*>(buffer.data()), buffer.size());
    }

    std::span<iovec> entries() { return std::span{entries_}.first(count_); }
    bool empty() const { return count_ == 0; }

private:
    void add(std::byte* at, std::size_t size) {
        if (size != 0) entries_[count_++] = {.iov_base = at, .iov_len = size};
    }

    std::array<iovec, 1024> entries_; // not initialised: count_ says how many are
    std::size_t count_ = 0;
};

} // namespace exec::net
