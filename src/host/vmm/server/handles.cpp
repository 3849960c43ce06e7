#include "host/vmm/server/handles.hpp"

#include <algorithm>

namespace host::vmm {

base::Result<std::uint32_t> Handles::add(os::Fd file, Rights rights) {
    std::scoped_lock const lock{mutex_};
    auto place = std::ranges::find(places_, nullptr, &Place::file);
    if (place == places_.end()) {
        if (places_.size() == most) return std::unexpected(base::Errno::NFile);
        place = places_.emplace(places_.end());
    }
    place->file = std::make_shared<File>(std::move(file), rights);
    auto const number = static_cast<std::uint32_t>(place - places_.begin());
    return number | std::uint32_t{place->times} << place_bits;
}

Handles::Place const* Handles::place(std::uint64_t handle) const {
    auto const number = handle % most;
    bool const open = number < places_.size() && places_[number].file &&
                      handle >> place_bits == places_[number].times;
    return open ? &places_[number] : nullptr;
}

base::Result<Handles::Open> Handles::find(std::uint64_t handle) const {
    std::scoped_lock const lock{mutex_};
    auto const* const found = place(handle);
    if (found == nullptr) return std::unexpected(base::Errno::BadF);
    return found->file;
}

base::Result<void> Handles::close(std::uint64_t handle) {
    Open last; // goes after the lock is open: a socket may wait for its peer
    std::scoped_lock const lock{mutex_};
    if (place(handle) == nullptr) return std::unexpected(base::Errno::BadF);
    auto& closed = places_[handle % most];
    last = std::move(closed.file);
    ++closed.times;
    return {};
}

} // namespace host::vmm
