#include "host/vmm/server/shared_flags.hpp"

#include "os/check.hpp"

#include <algorithm>
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

bool nonblocking(Handles::File const& file) {
    return (::fcntl(file.number(), F_GETFL) & O_NONBLOCK) != 0;
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

// As the Keep's flags say, whatever the file's own are: those may be changed by others meanwhile.
base::Result<std::uint64_t>
carry_out(Handles::File const& file, short events, bool patient, Step const& step) {
    bool const waits = patient && (file.kept_flags & O_NONBLOCK) == 0;
    if (!waits) TRY(await(file, events, false));
    for (;;) {
        ssize_t const done = step(waits);
        if (done >= 0) return static_cast<std::uint64_t>(done);
        auto const error = os::last_error();
        // A file that lets it wait has a limit of time of its own (SO_RCVTIMEO), which is over.
        if (error != base::Errno::Again || !waits || !nonblocking(file))
            return std::unexpected(error);
        TRY(await(file, events, true));
    }
}

base::Result<std::uint64_t> read(Handles::File const& file, std::span<std::byte> to) {
    return carry_out(file, POLLIN, true, [&](bool) {
        return ::read(file.number(), to.data(), to.size());
    });
}

base::Result<std::uint64_t> write(Handles::File const& file, std::span<std::byte> from) {
    return carry_out(file, POLLOUT, true, [&](bool waits) {
        // A pipe that is ready takes so many bytes for sure.
        auto const size = waits ? from.size() : std::min<std::size_t>(from.size(), PIPE_BUF);
        iovec const part{from.data(), size};
        bool const appends = (file.kept_flags & O_APPEND) != 0;
        return appends ? ::pwritev2(file.number(), &part, 1, -1, RWF_APPEND)
                       : ::write(file.number(), from.data(), size);
    });
}

} // namespace host::vmm::shared_flags
