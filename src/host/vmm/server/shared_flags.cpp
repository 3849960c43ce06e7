#include "host/vmm/server/shared_flags.hpp"

#include "os/check.hpp"

#include <algorithm>
#include <cerrno>
#include <climits>

#include <fcntl.h>
#include <poll.h>
#include <sys/uio.h>
#include <unistd.h>

namespace host::vmm::shared_flags {

namespace {

constexpr int changeable = O_APPEND | O_NONBLOCK;

// Ready, or Again where the Keep does not want to wait for that.
base::Result<void> await(Handles::File const& file, short events, bool may_wait) {
    pollfd entry{.fd = file.number(), .events = events, .revents = 0};
    timespec const at_once{};
    auto const ready = ::ppoll(&entry, 1, may_wait ? nullptr : &at_once, nullptr);
    if (ready < 0) return std::unexpected(os::last_error());
    if (ready == 0) return std::unexpected(base::Errno::Again);
    return {};
}

// As the Keep's flags say, whatever the file's own are: those may be changed by others meanwhile.
template <class Step>
base::Result<std::uint64_t> move(Handles::File const& file, short events, Step step) {
    bool const waits = (file.kept_flags & O_NONBLOCK) == 0;
    if (!waits) TRY(await(file, events, false));
    for (;;) {
        ssize_t const done = step(waits);
        if (done >= 0) return static_cast<std::uint64_t>(done);
        if (errno != EAGAIN || !waits) return std::unexpected(os::last_error());
        TRY(await(file, events, true));
    }
}

} // namespace

bool apart(Handles::File const& file) { return file.kept_flags >= 0; }

void begin(Handles::File& file) {
    file.kept_flags = std::max(::fcntl(file.number(), F_GETFL), 0) & changeable;
}

int status(Handles::File const& file, int own) { return (own & ~changeable) | file.kept_flags; }

void set(Handles::File& file, int wanted) { file.kept_flags = wanted & changeable; }

void set_nonblocking(Handles::File& file, bool on) {
    int const flags = file.kept_flags;
    file.kept_flags = on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK;
}

base::Result<std::uint64_t> read(Handles::File const& file, std::span<std::byte> to) {
    return move(file, POLLIN, [&](bool) { return ::read(file.number(), to.data(), to.size()); });
}

base::Result<std::uint64_t> write(Handles::File const& file, std::span<std::byte> from) {
    return move(file, POLLOUT, [&](bool waits) {
        // A pipe that is ready takes so many bytes for sure.
        auto const size = waits ? from.size() : std::min<std::size_t>(from.size(), PIPE_BUF);
        iovec const part{from.data(), size};
        bool const appends = (file.kept_flags & O_APPEND) != 0;
        return appends ? ::pwritev2(file.number(), &part, 1, -1, RWF_APPEND)
                       : ::write(file.number(), from.data(), size);
    });
}

} // namespace host::vmm::shared_flags
