#include "keep/exec/vfs/memory/pieces.hpp"

#include <bit>
#include <utility>

namespace exec::vfs::memory {

namespace {

constexpr std::size_t slab_size = 2UZ * 1024 * 1024; // a huge page
constexpr std::uint32_t all_free = 0xffff'ffff;
static_assert(slab_size / piece_size == std::popcount(all_free));

} // namespace

base::Result<void> Pieces::add_slab() {
    auto pages = TRY(os::Pages::create(slab_size, slab_size));
    // A few pieces do not deserve that two megabytes are zeroed for them.
    if (!slabs_.empty()) pages.prefer_huge();
    slabs_.push_front({.pages = std::move(pages), .free = all_free, .self = {}});
    slabs_.front().self = slabs_.begin();
    ++empty_;
    return {};
}

base::Result<PieceMemory> Pieces::take() {
    if (slabs_.empty() || slabs_.front().free == 0) TRY(add_slab());
    auto& slab = slabs_.front();
    if (slab.free == all_free) --empty_;
    auto const index = static_cast<unsigned>(std::countr_zero(slab.free));
    slab.free &= slab.free - 1;
    if (slab.free == 0) slabs_.splice(slabs_.end(), slabs_, slab.self);
    return PieceMemory{.slab = &slab, .bytes = slab.pages.bytes().data() + (index * piece_size)};
}

void Pieces::give_back(PieceMemory piece) {
    auto& slab = *piece.slab;
    auto const offset = static_cast<std::size_t>(piece.bytes - slab.pages.bytes().data());
    slab.free |= 1U << (offset / piece_size);
    slabs_.splice(slabs_.begin(), slabs_, slab.self);
    if (slab.free != all_free) return;
    // One empty slab stays, for a file that is written anew again and again.
    if (empty_ > 0)
        slabs_.erase(slab.self);
    else
        ++empty_;
}

} // namespace exec::vfs::memory
