#include "host/vmm/server/handles.hpp"

#include <algorithm>

namespace host::vmm {

base::Result<std::uint32_t> Handles::add(os::Fd file, Rights rights) {
    std::scoped_lock const lock{mutex_};
    auto place = std::ranges::find(open_, nullptr);
    if (place == open_.end()) {
        if (open_.size() == most) return std::unexpected(base::Errno::NFile);
        place = open_.emplace(open_.end());
    }
    *place = std::make_shared<File>(std::move(file), rights);
    return static_cast<std::uint32_t>(place - open_.begin());
}

base::Result<Handles::Open> Handles::find(std::uint64_t handle) const {
    std::scoped_lock const lock{mutex_};
    if (handle >= open_.size() || !open_[handle]) return std::unexpected(base::Errno::BadF);
    return open_[handle];
}

base::Result<void> Handles::close(std::uint64_t handle) {
    Open last; // goes after the lock is open: a socket may wait for its peer
    std::scoped_lock const lock{mutex_};
    if (handle >= open_.size() || !open_[handle]) return std::unexpected(base::Errno::BadF);
    last = std::move(open_[handle]);
    return {};
}

} // namespace host::vmm
