// See memory.hpp.
#include "kvm/memory.hpp"

#include "base/conditions.hpp"

#include <algorithm>
#include <cstring>
#include <iterator>

#include <fcntl.h>

namespace model::kvm {

namespace {

// Private memory lies above everything that a guest can name: bit 51, where its C-bit is.
constexpr std::uint64_t first_private = 1ULL << 51;
std::map<std::uint64_t, GuestMemory*> all; // by base()

std::uint64_t next_base(std::uint64_t size) {
    static std::uint64_t next = first_private;
    auto const base = next;
    next += (size + page_size - 1) & ~(page_size - 1);
    return base;
}

} // namespace

void PageSet::set(std::uint64_t begin, std::uint64_t end, bool in) {
    // Cut out what is there, then put back what is wanted.
    auto it = ranges_.upper_bound(begin);
    if (it != ranges_.begin()) --it;
    while (it != ranges_.end() && it->first < end) {
        auto const [from, to] = *it;
        if (to <= begin) {
            ++it;
            continue;
        }
        it = ranges_.erase(it);
        if (from < begin) ranges_.emplace(from, begin);
        if (to > end) ranges_.emplace(end, to);
    }
    if (in && begin < end) ranges_.emplace(begin, end);
}

bool PageSet::contains(std::uint64_t page) const {
    auto const next = ranges_.upper_bound(page);
    return next != ranges_.begin() && std::prev(next)->second > page;
}

GuestMemory::GuestMemory(std::uint64_t size, Memory const& owner)
    : owner_{&owner},
      pages_{Pages::create("tee-model:private", size)},
      entries_(size / page_size),
      base_{next_base(size)} {
    all[base_] = this;
}

GuestMemory::~GuestMemory() {
    auto const used =
        std::ranges::count_if(entries_, [](auto const& entry) { return entry.assigned; });
    Conditions::own().give_back("memory", static_cast<std::uint64_t>(used));
    all.erase(base_);
}

GuestMemory* GuestMemory::of(std::uint64_t machine_address) {
    auto const next = all.upper_bound(machine_address);
    if (next == all.begin()) return nullptr;
    auto* const found = std::prev(next)->second;
    return machine_address - found->base_ < found->size() ? found : nullptr;
}

std::optional<long> GuestMemory::fallocate(int mode, std::uint64_t offset, std::uint64_t size) {
    if ((mode & FALLOC_FL_KEEP_SIZE) == 0 ||
        (mode & ~(FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE)) != 0)
        return -EOPNOTSUPP;
    if (offset % page_size != 0 || size % page_size != 0 || size == 0) return -EINVAL;
    if ((mode & FALLOC_FL_PUNCH_HOLE) == 0) return offset + size > this->size() ? -EINVAL : 0;
    if (offset >= this->size()) return 0;
    auto const end = std::min(offset + size, this->size());
    for (auto at = offset; at < end; at += page_size) {
        std::ranges::fill(page(at), std::byte{});
        if (entry(at).assigned) Conditions::own().give_back("memory");
        entry(at) = {}; // reclaimed: nobody's page
    }
    return 0;
}

Slot const* Memory::find(std::uint64_t guest_physical) const {
    auto const found =
        std::ranges::find_if(slots_, [=](Slot const& s) { return guest_physical - s.at < s.size; });
    return found == slots_.end() ? nullptr : &*found;
}

std::byte* Memory::shared_page(std::uint64_t guest_physical, bool to_write) const {
    auto const* const slot = find(guest_physical);
    return slot == nullptr || !slot->shared
               ? nullptr
               : slot->shared->page(guest_physical - slot->at, to_write);
}

namespace {

// What Linux says of the numbers alone.
long check(UserMemoryRegion2 const& wanted) {
    bool const with_guest = (wanted.flags & mem_guest_memfd) != 0;
    if ((wanted.flags & ~(KVM_MEM_LOG_DIRTY_PAGES | KVM_MEM_READONLY | mem_guest_memfd)) != 0)
        return -EINVAL;
    if (with_guest && (wanted.flags & ~mem_guest_memfd) != 0)
        return -EINVAL; // no dirty log, no read-only private memory
    if ((wanted.memory_size | wanted.guest_phys_addr | wanted.userspace_addr) % page_size != 0)
        return -EINVAL;
    if (wanted.guest_phys_addr + wanted.memory_size < wanted.guest_phys_addr) return -EINVAL;
    return (wanted.slot & 0xffff) >= most_slots || wanted.slot >> 16 != 0 ? -EINVAL : 0;
}

} // namespace

long Memory::set_slot(Context& context, UserMemoryRegion2 const& wanted, bool& answered) {
    bool const with_guest = (wanted.flags & mem_guest_memfd) != 0;
    if (auto const refusal = check(wanted); refusal != 0) return refusal;
    auto const old = std::ranges::find(slots_, wanted.slot, &Slot::number);
    if (wanted.memory_size == 0) {
        if (old == slots_.end()) return -EINVAL;
        slots_.erase(old);
        return 0;
    }
    if (old != slots_.end()) {
        // It may move or change its flags, not its size; private memory stays as it is.
        if (old->guest || with_guest || old->size != wanted.memory_size) return -EINVAL;
    }
    for (auto const& other : slots_)
        if (other.number != wanted.slot && other.at < wanted.guest_phys_addr + wanted.memory_size &&
            wanted.guest_phys_addr < other.at + other.size)
            return -EEXIST;
    Slot slot{
        .number = wanted.slot,
        .flags = wanted.flags,
        .at = wanted.guest_phys_addr,
        .size = wanted.memory_size,
        .shared = {},
        .guest = {}
    };
    if (with_guest)
        if (auto const outcome = bind(context, wanted, slot); outcome != 0) return outcome;
    if (old != slots_.end() && old->shared && old->shared->from() == wanted.userspace_addr)
        slot.shared = old->shared;
    else
        slot.shared = front::SharedMemory::create(
            context.listener, context.call, wanted.userspace_addr, wanted.memory_size
        );
    if (!slot.shared) return -ENOMEM;
    answered = slot.shared->take_answered();
    if (old != slots_.end()) slots_.erase(old);
    slots_.push_back(std::move(slot));
    return 0;
}

long Memory::bind(Context& context, UserMemoryRegion2 const& wanted, Slot& slot) const {
    slot.guest = std::dynamic_pointer_cast<GuestMemory>(
        context.table.find(context.call.thread, static_cast<int>(wanted.guest_memfd))
    );
    auto const begin = wanted.guest_memfd_offset;
    auto const end = begin + slot.size;
    slot.guest_offset = begin;
    if (!slot.guest || slot.guest->owner() != this) return -EINVAL;
    if (begin % page_size != 0 || end < begin || end > slot.guest->size()) return -EINVAL;
    bool const taken = std::ranges::any_of(slots_, [&](Slot const& other) {
        return other.guest == slot.guest && other.guest_offset < end &&
               begin < other.guest_offset + other.size;
    });
    return taken ? -EEXIST : 0;
}

bool Memory::read(std::uint64_t at, std::span<std::byte> to) const {
    while (!to.empty()) {
        auto const* const page = shared_page(at, false);
        if (page == nullptr) return false;
        auto const size = std::min<std::size_t>(to.size(), page_size - at % page_size);
        std::memcpy(to.data(), page + at % page_size, size);
        to = to.subspan(size);
        at += size;
    }
    return true;
}

bool Memory::write(std::uint64_t at, std::span<std::byte const> from) const {
    while (!from.empty()) {
        auto* const page = shared_page(at, true);
        if (page == nullptr) return false;
        auto const size = std::min<std::size_t>(from.size(), page_size - at % page_size);
        std::memcpy(page + at % page_size, from.data(), size);
        from = from.subspan(size);
        at += size;
    }
    return true;
}

} // namespace model::kvm
