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

// The handle goes with its last descriptor.
base::Result<void> close_number(SystemCall const& call, std::uint64_t number) {
    auto& files = call.kernel.files;
    auto const file = *TRY(files.find(number));
    files.remove(number);
    if (file.kind != File::Kind::Host || files.handle_in_use(file.handle)) return {};
    call.kernel.watches.forget(file.handle);
    if (file.source) call.kernel.sources.forget(file.handle);
    auto& batch = call.kernel.batch;
    while (auto* const unread = batch.unread(file.handle)) batch.take(*unread, unread->size);
    if (file.close_late && call.kernel.host.close_with_next(file.handle)) return {};
    TRY(call.kernel.wait(Call::Close, {file.handle}, 0));
    return {};
}

// Of a socket with two numbers nothing travels along with other calls any more (File::stream).
File copy_of(File& file) {
    file.stream = false;
    file.quiet_until = 0;
    return file;
}

Reply duplicate(SystemCall const& call, std::uint64_t number, std::uint64_t from, bool on_exec) {
    auto file = copy_of(*TRY(call.kernel.files.find(number)));
    file.close_on_exec = on_exec;
    return call.kernel.files.add(file, from);
}

Reply duplicate_to(SystemCall const& call, bool on_exec) {
    auto file = copy_of(*TRY(call.kernel.files.find(call[0])));
    auto const to = call[1];
    if (to >= Descriptors::max_files) return std::unexpected(base::Errno::BadF);
    if (call.kernel.files.find(to)) TRY(close_number(call, to));
    file.close_on_exec = on_exec;
    call.kernel.files.put(to, file);
    return to;
}

Reply seek_memory(File& file, std::uint64_t offset, std::uint64_t whence) {
    // SEEK_SET, SEEK_CUR, SEEK_END
    std::array const origins{std::uint64_t{0}, file.position, file.size};
    if (whence >= origins.size()) return std::unexpected(base::Errno::Inval);
    auto const place = origins[whence] + offset;
    if (static_cast<std::int64_t>(place) < 0) return std::unexpected(base::Errno::Inval);
    return file.position = place;
}

} // namespace

Reply close(SystemCall const& call) {
    TRY(close_number(call, call[0]));
    return 0;
}

// As Linux answers where a file cannot: Go then copies, but takes ENOSYS for a failure.
Reply splice(SystemCall const&) { return std::unexpected(base::Errno::Inval); }

Reply lseek(SystemCall const& call) {
    auto* const file = TRY(call.kernel.files.find(call[0]));
    if (file->kind == File::Kind::Memory) return seek_memory(*file, call[1], call[2]);
    return forward(call);
}

Reply ioctl(SystemCall const& call) {
    auto* const file = TRY(call.kernel.files.find(call[0]));
    if (call[1] == ioctl_close_on_exec) {
        file->close_on_exec = true;
        return 0;
    }
    bool const terminal = file->kind == File::Kind::Host &&
                          (file->mode == 0 || (file->mode & mode_type) == mode_character);
    if (call[1] == ioctl_window_size && !terminal) return std::unexpected(base::Errno::NoTty);
    Forward forward{call, Call::Ioctl};
    TRY(forward.handle(call[0]));
    forward.value(call[1]);
    auto const* const unread = call.kernel.batch.unread(file->handle);
    if (call[1] == ioctl_bytes_ready && unread != nullptr) {
        TRY(call.kernel.user.store(call[2], unread->size)); // or more
        return 0;
    }
    if (call[1] == ioctl_window_size)
        TRY(forward.out(call[2], window_size_bytes));
    else if (call[1] == ioctl_bytes_ready)
        TRY(forward.out(call[2], sizeof(int)));
    else if (call[1] == ioctl_nonblocking) {
        bool const on = TRY(call.kernel.user.load<int>(call[2])) != 0;
        file->flags = on ? file->flags | open_nonblocking : file->flags & ~open_nonblocking;
        TRY(forward.in(call[2], sizeof(int)));
    } else
        return std::unexpected(base::Errno::NoTty);
    return forward.send();
}

Reply fcntl(SystemCall const& call) {
    auto* const file = TRY(call.kernel.files.find(call[0]));
    switch (static_cast<Control>(call[1])) {
    case Control::Duplicate:
        return duplicate(call, call[0], call[2], false);
    case Control::DuplicateCloseOnExec:
        return duplicate(call, call[0], call[2], true);
    case Control::GetFlags:
        return file->close_on_exec ? close_on_exec : 0;
    case Control::SetFlags:
        file->close_on_exec = (call[2] & close_on_exec) != 0;
        return 0;
    case Control::GetStatus:
    case Control::SetStatus: {
        bool const known = file->kind == File::Kind::Memory || file->mode != 0;
        if (known && static_cast<Control>(call[1]) == Control::GetStatus) return file->flags;
        constexpr std::uint32_t changeable = 0x2c00; // O_APPEND, O_NONBLOCK, O_ASYNC
        file->flags =
            (file->flags & ~changeable) | (static_cast<std::uint32_t>(call[2]) & changeable);
        return forward(call);
    }
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
