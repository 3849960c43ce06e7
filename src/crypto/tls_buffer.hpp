#pragma once

// Bytes on their way between a TLS session and the network: written at the back, read from the
// front.

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <utility>

namespace crypto {

class TlsBuffer {
public:
    bool empty() const { return begin_ == end_; }
    std::size_t size() const { return end_ - begin_; }
    std::span<std::byte const> bytes() const { return {storage_.get() + begin_, size()}; }

    // At least `wanted` bytes behind the last one; what was there stays.
    std::span<std::byte> space(std::size_t wanted) {
        if (capacity_ - end_ < wanted) make_room(wanted);
        return {storage_.get() + end_, capacity_ - end_};
    }
    void wrote(std::size_t bytes) { end_ += bytes; }

    void append(std::span<std::byte const> bytes) {
        if (bytes.empty()) return;
        std::memcpy(space(bytes.size()).data(), bytes.data(), bytes.size());
        wrote(bytes.size());
    }

    void drop(std::size_t bytes) {
        begin_ += bytes;
        if (begin_ == end_) begin_ = end_ = 0;
    }
    // Gives memory back where it holds nothing.
    void shed() {
        if (!empty()) return;
        storage_.reset();
        capacity_ = begin_ = end_ = 0;
    }
    // Copies from the front and drops what it copied.
    std::size_t take(std::span<std::byte> out) {
        auto const count = std::min(out.size(), size());
        if (count != 0) std::memcpy(out.data(), bytes().data(), count);
        drop(count);
        return count;
    }

private:
    void make_room(std::size_t wanted) {
        std::size_t const capacity = std::max({capacity_, 2 * size(), size() + wanted});
        // NOLINTNEXTLINE(modernize-avoid-c-arrays): as below
        auto storage = std::make_unique_for_overwrite<std::byte[]>(capacity);
        if (!empty()) std::memcpy(storage.get(), bytes().data(), size());
        storage_ = std::move(storage);
        capacity_ = capacity;
        end_ = size();
        begin_ = 0;
    }

    // Not a vector: that would write zeros first.
    std::unique_ptr<std::byte[]> storage_; // NOLINT(modernize-avoid-c-arrays)
    std::size_t capacity_ = 0;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

} // namespace crypto
