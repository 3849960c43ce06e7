// Reads a descriptor to its end.

#include "os/read_file.hpp"

#include "os/check.hpp"

#include <algorithm>
#include <cstring>
#include <new>

#include <sys/stat.h>
#include <unistd.h>

namespace os {

namespace {

// Room for what fstat promised and one byte more, so that one read sees the end; a pipe promises
// nothing.
constexpr std::size_t least_room = 16 << 10;

std::unique_ptr<std::byte[]> allocate(std::size_t size) {
    return std::unique_ptr<std::byte[]>{new (std::nothrow) std::byte[size]};
}

} // namespace

base::Result<FileBytes> read_first(int descriptor, std::size_t wanted) {
    auto bytes = allocate(wanted);
    if (bytes == nullptr) return std::unexpected(base::Errno::NoMem);
    std::size_t size = 0;
    while (size < wanted) {
        auto const got = TRY(check(retry([&] {
            return ::pread(descriptor, bytes.get() + size, wanted - size, static_cast<off_t>(size));
        })));
        if (got == 0) break;
        size += static_cast<std::size_t>(got);
    }
    return FileBytes{std::move(bytes), size};
}

base::Result<FileBytes> read_file(int descriptor, std::uint64_t most) {
    struct stat status{};
    TRY(done(::fstat(descriptor, &status)));
    bool const file = S_ISREG(status.st_mode);
    auto const promised =
        file && status.st_size > 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
    if (promised > most) return std::unexpected(base::Errno::FBig);

    std::size_t room = std::max<std::size_t>(promised + 1, least_room);
    auto bytes = allocate(room);
    std::size_t size = 0;
    while (bytes != nullptr) {
        auto const got = TRY(check(retry([&] {
            return file ? ::pread(
                              descriptor, bytes.get() + size, room - size, static_cast<off_t>(size)
                          )
                        : ::read(descriptor, bytes.get() + size, room - size);
        })));
        if (got == 0) return FileBytes{std::move(bytes), size};
        // The host cannot have moved more than there is.
        if (static_cast<std::size_t>(got) > room - size) return std::unexpected(base::Errno::Proto);
        size += static_cast<std::size_t>(got);
        if (size > most) return std::unexpected(base::Errno::FBig);
        if (size < room) continue;
        auto larger = allocate(room * 2);
        if (larger != nullptr) std::memcpy(larger.get(), bytes.get(), size);
        bytes = std::move(larger);
        room *= 2;
    }
    return std::unexpected(base::Errno::NoMem);
}

base::Result<void> read_part(Fd const& file, std::uint64_t offset, std::span<std::byte> to) {
    while (!to.empty()) {
        auto const got = TRY(check(retry([&] {
            return ::pread(file.number(), to.data(), to.size(), static_cast<off_t>(offset));
        })));
        if (got == 0) return std::unexpected(base::Errno::Io);
        // The host cannot have moved more than there is room for.
        if (static_cast<std::size_t>(got) > to.size()) return std::unexpected(base::Errno::Proto);
        to = to.subspan(static_cast<std::size_t>(got));
        offset += static_cast<std::uint64_t>(got);
    }
    return {};
}

} // namespace os
