#pragma once

// The bytes of one file in memory: pieces of 64 KiB, made as they are written to; what was never
// written reads as zeros.

#include "base/budget.hpp"
#include "base/result.hpp"
#include "keep/exec/vfs/memory/pieces.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace exec::vfs::memory {

using base::Budget;
using base::Result;

inline constexpr std::uint64_t largest_file = (1ULL << 63) - 1; // as off_t has it

class Content {
public:
    // Both outlive the content; the budget is in bytes.
    Content(Budget& budget, Pieces& pool) : budget_{&budget}, pool_{&pool} {}
    Content(Content&& other) noexcept;
    Content& operator=(Content&&) = delete;
    ~Content();

    std::uint64_t size() const { return size_; }

    // How much lay there; the rest of `out` is left as it was.
    std::size_t read(std::span<std::byte> out, std::uint64_t offset) const;

    // Less than `in` if space ran out on the way; NoSpc if nothing fitted, FBig beyond the largest
    // file.
    Result<std::size_t> write(std::span<std::byte const> in, std::uint64_t offset);

    Result<void> resize(std::uint64_t size);

    // Makes sure that writing there needs no more space, and that the file reaches that far.
    Result<void> reserve(std::uint64_t offset, std::uint64_t length);

private:
    struct Piece {
        std::uint64_t index; // its offset in pieces
        std::uint32_t
            capacity; // of `bytes`; only the first piece of a file is ever smaller than the rest
        std::uint32_t filled; // bytes behind are zeros that nobody has written down
        std::byte* bytes;
        Slab* slab; // none: the bytes are from the heap
    };
    using Position = std::vector<Piece>::size_type;

    Position position(std::uint64_t index) const;
    Piece const* find(std::uint64_t index) const;
    Result<Piece*> make(std::uint64_t index, std::uint64_t capacity);
    Result<void> grow(Piece& piece, std::uint64_t capacity);
    void shrink(std::uint64_t size);
    Result<Piece> obtain(std::uint64_t index, std::uint64_t capacity);
    void release(Piece const& piece);
    void free(Piece const& piece);

    Budget* budget_;
    Pieces* pool_;
    std::uint64_t size_ = 0;
    std::vector<Piece> pieces_; // in the order of their index
};

} // namespace exec::vfs::memory
