#include "keep/exec/vfs/memory/content.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <new>
#include <utility>

namespace exec::vfs::memory {

using base::Errno;

namespace {

constexpr std::uint64_t smallest_piece = 64;

} // namespace

Content::Content(Content&& other) noexcept
    : budget_{other.budget_},
      pool_{other.pool_},
      size_{std::exchange(other.size_, 0)},
      pieces_{std::exchange(other.pieces_, {})} {}

Content::~Content() { shrink(0); }

Content::Position Content::position(std::uint64_t index) const {
    // Files without holes, which most are, need no search.
    if (index < pieces_.size() && pieces_[index].index == index) return index;
    if (pieces_.empty() || pieces_.back().index < index) return pieces_.size();
    auto const at = std::ranges::lower_bound(pieces_, index, {}, &Piece::index);
    return static_cast<Position>(at - pieces_.begin());
}

Content::Piece const* Content::find(std::uint64_t index) const {
    auto const at = position(index);
    if (at == pieces_.size() || pieces_[at].index != index) return nullptr;
    return &pieces_[at];
}

// Nothing is filled yet.
Result<Content::Piece> Content::obtain(std::uint64_t index, std::uint64_t capacity) {
    if (!budget_->take(capacity)) return std::unexpected(Errno::NoSpc);
    Piece piece{
        .index = index,
        .capacity = static_cast<std::uint32_t>(capacity),
        .filled = 0,
        .bytes = nullptr,
        .slab = nullptr,
    };
    if (capacity < piece_size) {
        piece.bytes = new (std::nothrow) std::byte[capacity];
    } else if (auto const memory = pool_->take()) {
        piece.bytes = memory->bytes;
        piece.slab = memory->slab;
    }
    if (piece.bytes == nullptr) {
        budget_->give_back(capacity);
        return std::unexpected(Errno::NoMem);
    }
    return piece;
}

void Content::release(Piece const& piece) {
    budget_->give_back(piece.capacity);
    free(piece);
}

void Content::free(Piece const& piece) {
    if (piece.slab != nullptr)
        pool_->give_back({.slab = piece.slab, .bytes = piece.bytes});
    else
        delete[] piece.bytes;
}

Result<void> Content::grow(Piece& piece, std::uint64_t capacity) {
    if (capacity <= piece.capacity) return {};
    // Only what it grows by counts, although both are there for a moment.
    auto const before = piece.capacity;
    budget_->give_back(before);
    auto larger = obtain(piece.index, capacity);
    if (!larger) {
        budget_->take_again(before);
        return std::unexpected(larger.error());
    }
    std::memcpy(larger->bytes, piece.bytes, piece.filled);
    larger->filled = piece.filled;
    free(piece);
    piece = *larger;
    return {};
}

// The piece `index` with room for at least its first `capacity` bytes.
Result<Content::Piece*> Content::make(std::uint64_t index, std::uint64_t capacity) {
    auto const size = index > 0 ? piece_size : std::max(std::bit_ceil(capacity), smallest_piece);
    auto const at = position(index);
    if (at < pieces_.size() && pieces_[at].index == index) {
        TRY(grow(pieces_[at], size));
    } else {
        auto const piece = TRY(obtain(index, size));
        pieces_.insert(pieces_.begin() + static_cast<std::ptrdiff_t>(at), piece);
    }
    return &pieces_[at];
}

std::size_t Content::read(std::span<std::byte> out, std::uint64_t offset) const {
    if (offset >= size_) return 0;
    auto const count = std::min<std::uint64_t>(out.size(), size_ - offset);
    for (std::uint64_t done = 0; done < count;) {
        auto const start = (offset + done) % piece_size;
        auto const here = std::min(count - done, piece_size - start);
        auto const* const piece = find((offset + done) / piece_size);
        auto const filled = piece != nullptr && piece->filled > start ? piece->filled - start : 0;
        auto const copied = std::min(here, filled);
        if (copied > 0) std::memcpy(out.data() + done, piece->bytes + start, copied);
        if (copied < here) std::memset(out.data() + done + copied, 0, here - copied);
        done += here;
    }
    return count;
}

Result<std::size_t> Content::write(std::span<std::byte const> in, std::uint64_t offset) {
    if (in.empty()) return 0;
    if (offset >= largest_file) return std::unexpected(Errno::FBig);
    auto const count = std::min<std::uint64_t>(in.size(), largest_file - offset);
    std::uint64_t done = 0;
    while (done < count) {
        auto const start = (offset + done) % piece_size;
        auto const here = std::min(count - done, piece_size - start);
        auto const made = make((offset + done) / piece_size, start + here);
        if (!made && done == 0) return std::unexpected(made.error());
        if (!made) break;
        Piece& piece = **made;
        if (piece.filled < start) std::memset(piece.bytes + piece.filled, 0, start - piece.filled);
        std::memcpy(piece.bytes + start, in.data() + done, here);
        piece.filled = std::max(piece.filled, static_cast<std::uint32_t>(start + here));
        done += here;
    }
    size_ = std::max(size_, offset + done);
    return done;
}

Result<void> Content::resize(std::uint64_t size) {
    if (size > largest_file) return std::unexpected(Errno::FBig);
    if (size < size_) shrink(size);
    size_ = size;
    return {};
}

void Content::shrink(std::uint64_t size) {
    auto const keep = position((size + piece_size - 1) / piece_size);
    for (auto at = keep; at < pieces_.size(); ++at) release(pieces_[at]);
    pieces_.erase(pieces_.begin() + static_cast<std::ptrdiff_t>(keep), pieces_.end());
    if (pieces_.empty() || pieces_.back().index != size / piece_size) return;
    auto const end = static_cast<std::uint32_t>(size % piece_size);
    pieces_.back().filled = std::min(pieces_.back().filled, end);
}

Result<void> Content::reserve(std::uint64_t offset, std::uint64_t length) {
    if (offset > largest_file || length > largest_file - offset)
        return std::unexpected(Errno::FBig);
    auto const end = offset + length;
    auto const missing = (length / piece_size) * piece_size;
    if (missing > budget_->left() + (pieces_.size() * piece_size))
        return std::unexpected(Errno::NoSpc);
    for (auto at = offset; at < end; at += piece_size - (at % piece_size)) {
        auto const start = at % piece_size;
        TRY(make(at / piece_size, start + std::min(end - at, piece_size - start)));
    }
    size_ = std::max(size_, end);
    return {};
}

} // namespace exec::vfs::memory
