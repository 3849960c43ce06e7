#include "host/vmm/backend/kvm/filter.hpp"

#include <algorithm>

namespace host::vmm::kvm {

Place Filter::load(std::uint32_t offset) { return add(BPF_LD | BPF_W | BPF_ABS, offset); }

Place Filter::answer(std::uint32_t action) { return add(BPF_RET | BPF_K, action); }

Place Filter::by_bits(std::uint32_t bits, Place with, Place without) {
    return jump(BPF_JSET, bits, with, without);
}

Place Filter::by_value(std::uint32_t value, Place equal, Place other) {
    return jump(BPF_JEQ, value, equal, other);
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as the logarithm of a list of ours
Place Filter::by_range(std::span<Range const> ranges) {
    if (ranges.size() == 1) return ranges.front().target;
    auto const half = ranges.size() / 2;
    auto const below = by_range(ranges.first(half));
    auto const above = by_range(ranges.subspan(half));
    return jump(BPF_JGE, ranges[half].first, above, below);
}

base::Result<std::vector<sock_filter>> Filter::code() const {
    if (too_far_) return std::unexpected(base::Errno::Range);
    return std::vector<sock_filter>{reversed_.rbegin(), reversed_.rend()};
}

Place Filter::add(std::uint32_t code, std::uint32_t value, std::size_t yes, std::size_t no) {
    constexpr std::size_t farthest = 255;
    too_far_ = too_far_ || yes > farthest || no > farthest;
    reversed_.push_back(
        {.code = static_cast<std::uint16_t>(code),
         .jt = static_cast<std::uint8_t>(yes),
         .jf = static_cast<std::uint8_t>(no),
         .k = value}
    );
    return reversed_.size() - 1;
}

Place Filter::jump(std::uint32_t how, std::uint32_t value, Place yes, Place no) {
    auto const next = reversed_.size() - 1;
    return add(BPF_JMP | BPF_K | how, value, next - yes, next - no);
}

std::vector<Range> Cases::ranges() const {
    auto sorted = cases_;
    std::ranges::sort(sorted, {}, &Range::first);
    std::vector<Range> out{{.first = 0, .target = other_}};
    for (auto const& one : sorted) {
        // Behind the value before, all others' range has just begun.
        if (out.back().first == one.first) out.pop_back();
        if (out.empty() || out.back().target != one.target) out.push_back(one);
        out.push_back({.first = one.first + 1, .target = other_});
    }
    return out;
}

} // namespace host::vmm::kvm
