#include "keep/shim/memory/user_memory.hpp"

namespace shim {

base::Result<void> UserMemory::read(std::uint64_t at, std::span<std::byte> to) {
    while (!to.empty()) {
        auto const page = TRY(space_.reach(at, Access::Read));
        auto const n = std::min(page.size(), to.size());
        std::memcpy(to.data(), page.data(), n);
        to = to.subspan(n);
        at += n;
    }
    return {};
}

base::Result<void> UserMemory::write(std::uint64_t at, std::span<std::byte const> from) {
    while (!from.empty()) {
        auto const page = TRY(space_.reach(at, Access::Write));
        auto const n = std::min(page.size(), from.size());
        std::memcpy(page.data(), from.data(), n);
        from = from.subspan(n);
        at += n;
    }
    return {};
}

base::Result<void> UserMemory::zero(std::uint64_t at, std::uint64_t size) {
    while (size != 0) {
        auto const page = TRY(space_.reach(at, Access::Write));
        auto const n = std::min<std::uint64_t>(page.size(), size);
        std::memset(page.data(), 0, n);
        size -= n;
        at += n;
    }
    return {};
}

base::Result<void> UserMemory::check(std::uint64_t at, std::uint64_t size, Access access) {
    while (size != 0) {
        auto const page = TRY(space_.reach(at, access));
        auto const n = std::min<std::uint64_t>(page.size(), size);
        size -= n;
        at += n;
    }
    return {};
}

base::Result<std::span<char>> UserMemory::text(std::uint64_t at, std::span<char> to) {
    std::size_t length = 0;
    while (length < to.size()) {
        auto const page = TRY(space_.reach(at + length, Access::Read));
        auto const n = std::min(page.size(), to.size() - length);
        std::memcpy(to.data() + length, page.data(), n);
        for (auto const end = length + n; length < end; ++length)
            if (to[length] == 0) return to.first(length);
    }
    return std::unexpected(base::Errno::NameTooLong);
}

} // namespace shim
