// Calls on open descriptors, beside reading and writing.

#include "keep/shim/system_call/forward.hpp"

namespace shim::system_call {

namespace {

// Linux UAPI, asm-generic/fcntl.h, ioctls.h.
enum class Control : std::uint64_t {
    Duplicate = 0,
    GetFlags = 1,
    SetFlags = 2,
    GetStatus = 3,
    SetStatus = 4,
    DuplicateCloseOnExec = 1030
};
constexpr std::uint64_t close_on_exec = 1;
constexpr std::uint64_t ioctl_window_size = 0x5413;
constexpr std::uint64_t ioctl_bytes_ready = 0x541b;
constexpr std::uint64_t ioctl_nonblocking = 0x5421;
constexpr std::uint64_t ioctl_close_on_exec = 0x5451;
constexpr std::uint32_t mode_type = 0170000;
constexpr std::uint32_t mode_character = 0020000;
constexpr std::size_t window_size_bytes = 8;

// What has lost a number: its handle goes with the last one.
base::Result<void> release(SystemCall const& call, File const& file) {
    if (file.kind != File::Kind::Host || call.kernel.files.handle_in_use(file.handle)) return {};
    call.kernel.watches.forget(file.handle);
    if (file.source) call.kernel.sources.forget(file.handle);
    auto& batch = call.kernel.batch;
    while (auto* const unread = batch.unread(file.handle)) batch.take(*unread, unread->size);
    if (file.close_late && call.kernel.host.close_with_next(file.handle)) return {};
    TRY(call.kernel.wait(Call::Close, {file.handle}, 0));
    return {};
}

// A second number. Nothing of a socket with two travels along with other calls any more
// (File::stream); what has come already is found by its handle.
File copy_of(SystemCall const& call, std::uint64_t number, File file, bool on_exec) {
    call.kernel.files.change(number, file, [](File& original) {
        original.stream = false;
        original.quiet_until = 0;
    });
    file.stream = false;
    file.quiet_until = 0;
    file.close_on_exec = on_exec;
    return file;
}

Reply duplicate(SystemCall const& call, std::uint64_t number, std::uint64_t from, bool on_exec) {
    auto const file = TRY(call.kernel.files.find(number));
    return call.kernel.files.add(copy_of(call, number, file, on_exec), from);
}

Reply duplicate_to(SystemCall const& call, bool on_exec) {
    auto& files = call.kernel.files;
    auto const file = TRY(files.find(call[0]));
    auto const to = call[1];
    if (to >= Descriptors::max_files) return std::unexpected(base::Errno::BadF);
    auto const before = files.find(to);
    files.put(to, copy_of(call, call[0], file, on_exec));
    if (before) TRY(release(call, *before));
    return to;
}

Reply seek_memory(
    SystemCall const& call, File const& file, std::uint64_t offset, std::uint64_t whence
) {
    // SEEK_SET, SEEK_CUR, SEEK_END
    std::array const origins{std::uint64_t{0}, file.position, file.size};
    if (whence >= origins.size()) return std::unexpected(base::Errno::Inval);
    auto const place = origins[whence] + offset;
    if (static_cast<std::int64_t>(place) < 0) return std::unexpected(base::Errno::Inval);
    call.kernel.files.change(call[0], file, [&](File& f) { f.position = place; });
    return place;
}

Reply status(SystemCall const& call, File const& file, Control control) {
    bool const sets = control == Control::SetStatus;
    bool const known = file.kind == File::Kind::Memory || file.mode != 0;
    if (known && !sets) return file.flags;
    constexpr std::uint32_t changeable = 0x2c00; // O_APPEND, O_NONBLOCK, O_ASYNC
    auto const wanted = static_cast<std::uint32_t>(call[2]) & changeable;
    if (sets)
        call.kernel.files.change(call[0], file, [&](File& f) {
            f.flags = (f.flags & ~changeable) | wanted;
        });
    Forward forward{call, Call::Fcntl};
    TRY(forward.handle(call[0]));
    forward.value(static_cast<std::uint64_t>(control));
    forward.value(sets ? wanted : 0);
    return forward.send();
}

} // namespace

Reply close(SystemCall const& call) {
    auto const file = TRY(call.kernel.files.find(call[0]));
    call.kernel.files.remove(call[0]);
    TRY(release(call, file));
    return 0;
}

// As Linux answers where a file cannot: Go then copies, but takes ENOSYS for a failure.
Reply splice(SystemCall const&) { return std::unexpected(base::Errno::Inval); }

Reply lseek(SystemCall const& call) {
    auto const file = TRY(call.kernel.files.find(call[0]));
    if (file.kind == File::Kind::Memory) return seek_memory(call, file, call[1], call[2]);
    return forward(call);
}

Reply ioctl(SystemCall const& call) {
    auto& kernel = call.kernel;
    auto const file = TRY(kernel.files.find(call[0]));
    if (call[1] == ioctl_close_on_exec) {
        kernel.files.change(call[0], file, [](File& f) { f.close_on_exec = true; });
        return 0;
    }
    bool const terminal = file.kind == File::Kind::Host &&
                          (file.mode == 0 || (file.mode & mode_type) == mode_character);
    if (call[1] == ioctl_window_size && !terminal) return std::unexpected(base::Errno::NoTty);
    Forward forward{call, Call::Ioctl};
    TRY(forward.handle(call[0]));
    forward.value(call[1]);
    auto const* const unread = kernel.batch.unread(file.handle);
    if (call[1] == ioctl_bytes_ready && unread != nullptr) {
        TRY(kernel.user.store(call[2], unread->size)); // or more
        return 0;
    }
    if (call[1] == ioctl_window_size)
        TRY(forward.out(call[2], window_size_bytes));
    else if (call[1] == ioctl_bytes_ready)
        TRY(forward.out(call[2], sizeof(int)));
    else if (call[1] == ioctl_nonblocking) {
        bool const on = TRY(kernel.user.load<int>(call[2])) != 0;
        kernel.files.change(call[0], file, [on](File& f) {
            f.flags = on ? f.flags | open_nonblocking : f.flags & ~open_nonblocking;
        });
        TRY(forward.in(call[2], sizeof(int)));
    } else
        return std::unexpected(base::Errno::NoTty);
    return forward.send();
}

Reply fcntl(SystemCall const& call) {
    auto& files = call.kernel.files;
    auto const file = TRY(files.find(call[0]));
    switch (auto const control = static_cast<Control>(call[1]); control) {
    case Control::Duplicate:
        return duplicate(call, call[0], call[2], false);
    case Control::DuplicateCloseOnExec:
        return duplicate(call, call[0], call[2], true);
    case Control::GetFlags:
        return file.close_on_exec ? close_on_exec : 0;
    case Control::SetFlags:
        files.change(call[0], file, [&](File& f) {
            f.close_on_exec = (call[2] & close_on_exec) != 0;
        });
        return 0;
    case Control::GetStatus:
    case Control::SetStatus:
        return status(call, file, control);
    default:
        return std::unexpected(base::Errno::Inval);
    }
}

Reply dup(SystemCall const& call) { return duplicate(call, call[0], 0, false); }

Reply dup2(SystemCall const& call) {
    if (call[0] != call[1]) return duplicate_to(call, false);
    TRY(call.kernel.files.find(call[0]));
    return call[1];
}

Reply dup3(SystemCall const& call) {
    if (call[0] == call[1]) return std::unexpected(base::Errno::Inval);
    return duplicate_to(call, (call[2] & open_close_on_exec) != 0);
}

} // namespace shim::system_call
