#include "keep/shim/memory/regions.hpp"

#include <algorithm>
#include <cstring>

namespace shim {

namespace {

bool joins(Region const& left, Region const& right) {
    return left.range.end == right.range.begin && left.access == right.access &&
           left.backing == right.backing &&
           (left.backing == Backing::Anonymous || left.source + left.range.size() == right.source);
}

} // namespace

std::size_t Regions::first_ending_after(std::uint64_t at) const {
    auto const known = regions_.first(count_);
    auto const end_of = [](Region const& region) { return region.range.end; };
    return static_cast<std::size_t>(
        std::ranges::upper_bound(known, at, {}, end_of) - known.begin()
    );
}

Region* Regions::find(std::uint64_t at) {
    auto const i = first_ending_after(at);
    return i < count_ && regions_[i].range.begin <= at ? &regions_[i] : nullptr;
}

bool Regions::covers(Range range) const {
    std::uint64_t at = range.begin;
    for (auto i = first_ending_after(at); i < count_ && at < range.end; ++i) {
        if (regions_[i].range.begin > at) return false;
        at = regions_[i].range.end;
    }
    return at >= range.end;
}

std::span<Region> Regions::touching(Range range) {
    auto const first = first_ending_after(range.begin);
    auto last = first;
    while (last < count_ && regions_[last].range.begin < range.end) ++last;
    return regions_.subspan(first, last - first);
}

base::Result<void> Regions::insert_at(std::size_t index, Region region) {
    if (count_ == max_regions) return std::unexpected(base::Errno::NoMem);
    regions_.reach(count_ + 1);
    std::memmove(&regions_[index + 1], &regions_[index], (count_ - index) * sizeof(Region));
    regions_[index] = region;
    ++count_;
    return {};
}

void Regions::erase(std::size_t index, std::size_t n) {
    std::memmove(&regions_[index], &regions_[index + n], (count_ - index - n) * sizeof(Region));
    count_ -= n;
}

base::Result<void> Regions::insert(Region region) {
    TRY(insert_at(first_ending_after(region.range.begin), region));
    merge(region.range);
    return {};
}

base::Result<void> Regions::split(std::uint64_t at) {
    auto const i = first_ending_after(at);
    if (i == count_ || regions_[i].range.begin >= at) return {};
    auto right = regions_[i];
    if (right.backing != Backing::Anonymous) right.source += at - right.range.begin;
    right.range.begin = at;
    TRY(insert_at(i + 1, right));
    regions_[i].range.end = at;
    return {};
}

base::Result<void> Regions::remove(Range range) {
    TRY(split(range.begin));
    TRY(split(range.end));
    erase(first_ending_after(range.begin), touching(range).size());
    return {};
}

void Regions::merge(Range range) {
    auto i = first_ending_after(range.begin);
    if (i > 0) --i;
    while (i + 1 < count_ && regions_[i].range.begin <= range.end) {
        if (joins(regions_[i], regions_[i + 1])) {
            regions_[i].range.end = regions_[i + 1].range.end;
            erase(i + 1, 1);
        } else {
            ++i;
        }
    }
}

base::Result<std::uint64_t> Regions::gap_above(
    std::uint64_t from, std::uint64_t size, std::uint64_t alignment, std::uint64_t end
) const {
    std::uint64_t at = round_up(from, alignment);
    for (auto i = first_ending_after(from); i < count_; ++i) {
        if (regions_[i].range.begin >= at && regions_[i].range.begin - at >= size) break;
        at = larger(at, round_up(regions_[i].range.end, alignment));
    }
    if (at >= end || end - at < size) return std::unexpected(base::Errno::NoMem);
    return at;
}

base::Result<std::uint64_t>
Regions::gap(std::uint64_t size, std::uint64_t alignment, Range within, std::uint64_t hint) const {
    if (within.contains(hint))
        if (auto above = gap_above(hint, size, alignment, within.end)) return above;
    return gap_above(within.begin, size, alignment, within.end);
}

} // namespace shim
