#include "host/vmm/server/path_words.hpp"

#include "os/beneath.hpp"
#include "os/check.hpp"

#include <sys/mman.h>

namespace host::vmm {

namespace {

constexpr std::size_t page = 4096;
constexpr std::size_t before_resolve = offsetof(::open_how, resolve);

std::uint32_t low(void const* at) {
    return static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(at));
}

} // namespace

// For each slot a page that is written and one that is only read.
void PathWords::map() {
    constexpr auto size = 2 * page * slots;
    void* const at = ::mmap(
        nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0
    );
    if (at == MAP_FAILED) {
        error_ = os::last_error();
        return;
    }
    auto* const bytes = static_cast<std::byte*>(at);
    for (std::size_t i = 0; i < slots; ++i) {
        auto* const fixed = bytes + (((2 * i) + 1) * page);
        // Safety: the structure lies in these pages, aligned as its words are.
        auto* const how = reinterpret_cast<::open_how*>(fixed - before_resolve);
        how->resolve = os::beneath;
        if (::mprotect(fixed, page, PROT_READ) != 0) {
            error_ = os::last_error();
            return;
        }
        slots_[i].how = how;
    }
    // Safety: the page is there and holds nothing but zeros behind its first word.
    empty_ = reinterpret_cast<char const*>(bytes + page + sizeof(std::uint64_t));
}

base::Result<void> PathWords::prepare() {
    std::call_once(once_, [this] { map(); });
    if (empty_ == nullptr) return std::unexpected(error_);
    return {};
}

base::Result<os::Fd>
PathWords::open(os::Fd const& folder, std::string const& path, int flags, unsigned mode) {
    TRY(prepare());
    auto const in = [&](Slot& slot) {
        std::scoped_lock const lock{std::adopt_lock, slot.busy};
        slot.how->flags = os::beneath_flags(flags);
        slot.how->mode = mode;
        return os::open_beneath(folder, path.c_str(), *slot.how);
    };
    for (auto& slot : slots_)
        if (slot.busy.try_lock()) return in(slot);
    slots_.front().busy.lock();
    return in(slots_.front());
}

std::array<std::uint32_t, PathWords::slots> PathWords::addresses() const {
    std::array<std::uint32_t, slots> out{};
    for (std::size_t i = 0; i < slots; ++i) out[i] = low(slots_[i].how);
    return out;
}

std::uint32_t PathWords::empty_address() const { return low(empty_); }

} // namespace host::vmm
