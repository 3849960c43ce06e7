// See ghcb.hpp.
#include "snp/ghcb.hpp"

#include "base/bytes.hpp"
#include "base/rules.hpp"
#include "kvm/memory.hpp"
#include "snp/hostile.hpp"

#include <algorithm>
#include <cstring>

namespace model::snp {

namespace {

constexpr std::size_t valid_bitmap = 0x3f0;
constexpr std::size_t valid_bitmap_size = 16;
constexpr std::size_t usage_at = 0xffc;
constexpr std::uint64_t event_general_protection =
    1ULL << 31 | 1ULL << 11 | 3U << 8 | 13; // valid, with error code 0, an exception

} // namespace

Ghcb::Ghcb(kvm::Memory& memory, std::uint64_t at)
    : memory_{&memory}, at_{at}, there_{memory.shared_page(at, true) != nullptr} {
    if (!there_) return;
    std::memcpy(copy_.data(), page(), copy_.size());
    std::memset(page() + valid_bitmap, 0, valid_bitmap_size);
}

std::byte* Ghcb::page() const { return memory_->shared_page(at_, true); }

bool Ghcb::valid(Field field) const {
    auto const bit = field / 8;
    return (copy_.at(valid_bitmap + bit / 8) >> (bit % 8) & std::byte{1}) != std::byte{};
}

std::uint64_t Ghcb::operator[](Field field) const { return load<std::uint64_t>(copy_, field); }
std::uint16_t Ghcb::usage() const { return load<std::uint16_t>(copy_, usage_at); }

void Ghcb::answer(Field field, std::uint64_t value) const {
    auto* const to = page();
    if (to == nullptr) return; // its slot has gone meanwhile
    auto const told = Hostile::own().answer(field, value);
    if (!told) return;
    value = *told;
    std::memcpy(to + field, &value, sizeof value);
    auto const bit = field / 8;
    if (!broken(Rule::ValidBits)) to[valid_bitmap + bit / 8] |= std::byte{1} << (bit % 8);
}

void Ghcb::succeed(std::uint64_t info2) const {
    answer(ExitInfo1, 0);
    answer(ExitInfo2, info2);
}

void Ghcb::refuse(Malformed reason) const {
    answer(ExitInfo1, 2);
    answer(ExitInfo2, static_cast<std::uint64_t>(reason));
}

void Ghcb::raise_protection_fault() const {
    answer(ExitInfo1, 1);
    answer(ExitInfo2, event_general_protection);
}

std::byte* Ghcb::scratch(std::size_t size) const {
    auto const at = (*this)[Scratch];
    if (at < at_ + buffer_begin || at > at_ + buffer_end || size > at_ + buffer_end - at ||
        page() == nullptr)
        return nullptr;
    return page() + (at - at_);
}

} // namespace model::snp
