#include "host/vmm/server/server.hpp"

#include "host/vmm/server/rights.hpp"
#include "host/vmm/server/shared_flags.hpp"
#include "os/check.hpp"
#include "os/poll.hpp"

#include <cstring>
#include <ctime>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <termios.h>
#include <unistd.h>

namespace host::vmm {

using base::Errno;
using protocol::hostcall::Call;
using protocol::hostcall::poll_ahead;
using protocol::hostcall::Polled;

namespace {

base::Result<std::uint64_t> value(long answer) {
    if (answer < 0) return std::unexpected(os::last_error());
    return static_cast<std::uint64_t>(answer);
}

base::Result<std::uint64_t> status_of(int file, std::span<std::byte> out) {
    struct stat status{};
    if (out.size() != sizeof status) return std::unexpected(base::Errno::Proto);
    if (::syscall(SYS_fstat, file, &status) != 0) return std::unexpected(os::last_error());
    std::memcpy(out.data(), &status, sizeof status);
    return 0;
}

base::Result<std::uint64_t> control(Request const& request) {
    int const command = request.number(1);
    auto& file = *request.open(0);
    bool const apart = shared_flags::apart(file);
    switch (command) {
    case F_GETFL: {
        int const own = ::fcntl(request.file(0), F_GETFL);
        return value(own >= 0 && apart ? shared_flags::status(file, own) : own);
    }
    case F_SETFL:
        if (apart) {
            shared_flags::set(file, request.number(2));
            return 0;
        }
        return value(
            ::fcntl(request.file(0), F_SETFL, request.number(2) & (O_APPEND | O_NONBLOCK))
        );
    case F_GETPIPE_SZ:
        return value(::fcntl(request.file(0), F_GETPIPE_SZ));
    default:
        return std::unexpected(base::Errno::Inval);
    }
}

base::Result<std::uint64_t> device_control(Request const& request) {
    auto const argument = request.buffer(2);
    std::size_t size = 0;
    switch (request.value(1)) {
    case FIONREAD:
    case FIONBIO:
        size = sizeof(int);
        break;
    case TIOCGWINSZ:
        size = sizeof(winsize);
        break;
    default:
        return std::unexpected(base::Errno::NoTty);
    }
    if (argument.size() != size) return std::unexpected(base::Errno::Proto);
    if (auto& file = *request.open(0); request.value(1) == FIONBIO && shared_flags::apart(file)) {
        int on = 0;
        std::memcpy(&on, argument.data(), sizeof on);
        shared_flags::set_nonblocking(file, on != 0);
        return 0;
    }
    return value(::ioctl(request.file(0), request.value(1), argument.data()));
}

} // namespace

base::Result<std::uint64_t> Server::keep(int number) {
    if (number < 0) return std::unexpected(os::last_error());
    return handles_.add(os::Fd{number}, Rights::ReadWrite);
}

base::Result<std::uint64_t> Server::serve(Request const& request) {
    TRY(check_rights(request));
    switch (request.call()) {
    case Call::Poll:
        return poll(request, Waiting::Allowed);
    case Call::Pipe:
        return pipe(request);
    case Call::Flush:
        return 0;
    case Call::MkdirAt:
    case Call::FstatAt:
    case Call::UnlinkAt:
    case Call::LinkAt:
    case Call::SymlinkAt:
    case Call::ReadlinkAt:
    case Call::UtimensAt:
    case Call::RenameAt:
    case Call::Statx:
    case Call::OpenAt:
    case Call::FaccessAt:
        return serve_path(request);
    case Call::Socket:
    case Call::Connect:
    case Call::SendTo:
    case Call::RecvFrom:
    case Call::Shutdown:
    case Call::Bind:
    case Call::Listen:
    case Call::GetSockName:
    case Call::GetPeerName:
    case Call::SetSockOpt:
    case Call::GetSockOpt:
    case Call::Accept:
        return serve_socket(request);
    case Call::EventFd:
    case Call::EpollCreate:
    case Call::EpollCtl:
    case Call::EpollWait:
    case Call::TimerCreate:
    case Call::TimerSet:
        return serve_events(request);
    default:
        return serve_file(request);
    }
}

base::Result<std::uint64_t> Server::serve_file(Request const& request) {
    auto const buffer = request.buffer(1);
    auto const offset = [&](unsigned i) { return static_cast<off_t>(request.value(i)); };
    switch (request.call()) {
    case Call::Read:
        if (auto const& file = *request.open(0); shared_flags::apart(file))
            return shared_flags::read(file, buffer);
        return value(::read(request.file(0), buffer.data(), buffer.size()));
    case Call::Write:
        if (auto const& file = *request.open(0); shared_flags::apart(file))
            return shared_flags::write(file, buffer);
        return value(::write(request.file(0), buffer.data(), buffer.size()));
    case Call::Pread:
        return value(::pread(request.file(0), buffer.data(), buffer.size(), offset(2)));
    case Call::Pwrite: {
        iovec const whole{buffer.data(), buffer.size()};
        return value(
            ::pwritev2(request.file(0), &whole, 1, offset(2), request.number(3) & RWF_APPEND)
        );
    }
    case Call::Close: {
        TRY(handles_.close(request.value(0)));
        return 0;
    }
    case Call::Fstat:
        return status_of(request.file(0), buffer);
    case Call::Lseek:
        return value(::lseek(request.file(0), offset(1), request.number(2)));
    case Call::Ioctl:
        return device_control(request);
    case Call::Fcntl:
        return control(request);
    case Call::Fsync:
        return value(::fsync(request.file(0)));
    case Call::Fdatasync:
        return value(::fdatasync(request.file(0)));
    case Call::Ftruncate:
        return value(::ftruncate(request.file(0), offset(1)));
    case Call::Fallocate:
        return value(::fallocate(request.file(0), request.number(1), offset(2), offset(3)));
    case Call::Fadvise: {
        int const error = ::posix_fadvise(request.file(0), offset(1), offset(2), request.number(3));
        if (error != 0) return std::unexpected(base::Errno{error});
        return 0;
    }
    case Call::GetDents:
        return value(::syscall(SYS_getdents64, request.file(0), buffer.data(), buffer.size()));
    default:
        return std::unexpected(base::Errno::NoSys);
    }
}

base::Result<std::uint64_t> Server::poll(Request const& request, Waiting waiting) {
    auto const buffer = request.buffer(0);
    auto const count = buffer.size() / sizeof(Polled);
    std::vector<Polled> entries(count);
    std::memcpy(entries.data(), buffer.data(), count * sizeof(Polled));
    std::vector<pollfd> polled; // of what is open only: this process' limit holds for its size
    polled.reserve(count);
    std::vector<Handles::Open> open(count); // keeps them open while we wait
    for (std::size_t i = 0; i < count; ++i) {
        auto const handle = entries[i].handle_or_ahead;
        auto found = handles_.find(static_cast<std::uint64_t>(handle));
        if (handle >= 0 && found) open[i] = *std::move(found);
        auto const events = static_cast<short>(entries[i].wanted_or_drained & ~poll_ahead);
        if (open[i]) polled.push_back({.fd = open[i]->number(), .events = events, .revents = 0});
    }
    std::optional<std::uint64_t> limit = request.value(1);
    if (*limit == ~0ULL) limit.reset();
    static thread_local os::PatientPoll wait;
    auto const ready = TRY(waiting == Waiting::Never ? os::poll(polled, 0) : wait(polled, limit));
    if (waiting == Waiting::Never && ready == 0 && limit != 0) return std::unexpected(Errno::Again);
    auto answer = polled.begin();
    for (std::size_t i = 0; i < count; ++i) entries[i].found = open[i] ? (answer++)->revents : 0;
    batch_.receive(entries, open);
    std::memcpy(buffer.data(), entries.data(), count * sizeof(Polled));
    return ready;
}

base::Result<std::uint64_t> Server::pipe(Request const& request) {
    auto const out = request.buffer(0);
    std::array<int, 2> ends{};
    if (out.size() != sizeof ends) return std::unexpected(base::Errno::Proto);
    if (::pipe2(ends.data(), (request.number(1) & O_NONBLOCK) | O_CLOEXEC) != 0)
        return std::unexpected(os::last_error());
    os::Fd reader{ends[0]};
    os::Fd writer{ends[1]};
    auto const first = TRY(handles_.add(std::move(reader), Rights::ReadWrite));
    auto const second = handles_.add(std::move(writer), Rights::ReadWrite);
    // The Keep would never learn of the one that it got.
    if (!second) TRY(handles_.close(first));
    std::array const handles{first, TRY(second)};
    std::memcpy(out.data(), handles.data(), sizeof handles);
    return 0;
}

} // namespace host::vmm
