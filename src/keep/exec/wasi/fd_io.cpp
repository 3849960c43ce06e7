// Reading and writing, at a descriptor's own position or at a given one.

#include "keep/exec/wasi/convert.hpp"
#include "keep/exec/wasi/functions.hpp"
#include "keep/exec/wasi/poll_wait.hpp"
#include "keep/exec/wasi/resolve.hpp"

namespace exec::wasi {

namespace {

constexpr std::uint64_t highest_offset = INT64_MAX;

using Fill = Buffers<std::byte>;
using Send = Buffers<std::byte const>;

bool nonblocking(FdFlags flags) { return (flags & fd_flag::nonblock) != 0; }

Result<std::size_t> read(Stream const& stream, Fill const& out, FdFlags flags) {
    return to_wasi(stream.host.read(out.all(), nonblocking(flags)));
}
Result<std::size_t> read(Null const& /*null*/, Fill const& /*out*/, FdFlags /*flags*/) { return 0; }
Result<std::size_t> read(OpenFile& file, Fill const& out, FdFlags /*flags*/) {
    auto const got = TRY(to_wasi(file.file->read_at(out.all(), file.offset)));
    file.offset += got;
    return got;
}
Result<std::size_t> read(Connected const& connection, Fill const& out, FdFlags flags) {
    net::ReceiveHow const how{.nonblocking = nonblocking(flags)};
    return TRY(to_wasi(connection->receive(out.all(), how))).bytes;
}

Result<std::size_t> write(Stream const& stream, Send const& in, FdFlags flags) {
    return to_wasi(stream.host.write(in.all(), nonblocking(flags)));
}
Result<std::size_t> write(Null const& /*null*/, Send const& in, FdFlags /*flags*/) {
    return in.bytes();
}
Result<std::size_t> write(OpenFile& file, Send const& in, FdFlags flags) {
    if ((flags & fd_flag::append) != 0) {
        auto const [written, end] = TRY(to_wasi(file.file->append(in.all())));
        file.offset = end;
        return written;
    }
    if (in.bytes() > highest_offset - file.offset) return std::unexpected(Errno::FBig);
    auto const put = TRY(to_wasi(file.file->write_at(in.all(), file.offset)));
    file.offset += put;
    return put;
}
Result<std::size_t> write(Connected const& connection, Send const& in, FdFlags flags) {
    return to_wasi(connection->send(in.all(), nonblocking(flags)));
}

// Fills the buffers from what the descriptor stands for, or sends them to it. Nothing to move is no
// error and does not wait.
template <class Byte>
Result<std::size_t> transfer(Descriptor& descriptor, Buffers<Byte> const& buffers) {
    if (buffers.count() == 0) return 0;
    return std::visit(
        [&](auto& object) -> Result<std::size_t> {
            using Object = std::remove_cvref_t<decltype(object)>;
            if constexpr (std::is_same_v<Object, OpenDirectory>)
                return std::unexpected(Errno::IsDir);
            else if constexpr (std::is_same_v<Object, Listening>)
                return std::unexpected(Errno::NotConn);
            else if constexpr (std::is_const_v<Byte>)
                return write(object, buffers, descriptor.flags);
            else
                return read(object, buffers, descriptor.flags);
        },
        descriptor.object
    );
}

// A descriptor of a kind that can be read or written, with the right to.
Result<Descriptor*> transferable(Context& context, Fd fd, Rights needed) {
    auto* const descriptor = TRY(context.descriptors.find(fd));
    if (as<OpenDirectory>(*descriptor) != nullptr) return std::unexpected(Errno::IsDir);
    if (as<Listening>(*descriptor) != nullptr) return std::unexpected(Errno::NotConn);
    TRY(descriptor->allows(needed));
    return descriptor;
}

} // namespace

Result<void> fd_read(
    Context& context,
    GuestMemory memory,
    Fd fd,
    Pointer<IoVector> vectors,
    std::uint32_t count,
    Pointer<std::uint32_t> out
) {
    auto* const descriptor = TRY(transferable(context, fd, right::fd_read));
    auto const buffers = TRY(memory.to_fill(vectors, count));
    TRY(memory.check(out));
    if (buffers.count() > 0 && !descriptor->nonblocking())
        wait_beside(*descriptor, net::Direction::Read, *context.closing);
    auto const got = TRY(transfer(*descriptor, buffers));
    return memory.write(out, static_cast<std::uint32_t>(got));
}

Result<void> fd_write(
    Context& context,
    GuestMemory memory,
    Fd fd,
    Pointer<IoVector> vectors,
    std::uint32_t count,
    Pointer<std::uint32_t> out
) {
    auto* const descriptor = TRY(transferable(context, fd, right::fd_write));
    auto const buffers = TRY(memory.to_send(vectors, count));
    TRY(memory.check(out));
    auto const put = TRY(transfer(*descriptor, buffers));
    return memory.write(out, static_cast<std::uint32_t>(put));
}

Result<void> fd_pread(
    Context& context,
    GuestMemory memory,
    Fd fd,
    Pointer<IoVector> vectors,
    std::uint32_t count,
    std::uint64_t offset,
    Pointer<std::uint32_t> out
) {
    auto* const file = TRY(file_of(context, fd, right::fd_read | right::fd_seek, Errno::SPipe));
    auto const buffers = TRY(memory.to_fill(vectors, count));
    TRY(memory.check(out));
    if (offset > highest_offset) return std::unexpected(Errno::Inval);
    auto const got =
        buffers.count() == 0 ? 0 : TRY(to_wasi(file->file->read_at(buffers.all(), offset)));
    return memory.write(out, static_cast<std::uint32_t>(got));
}

// At `offset` even if the descriptor appends, as POSIX has it.
Result<void> fd_pwrite(
    Context& context,
    GuestMemory memory,
    Fd fd,
    Pointer<IoVector> vectors,
    std::uint32_t count,
    std::uint64_t offset,
    Pointer<std::uint32_t> out
) {
    auto* const file = TRY(file_of(context, fd, right::fd_write | right::fd_seek, Errno::SPipe));
    auto const buffers = TRY(memory.to_send(vectors, count));
    TRY(memory.check(out));
    if (offset > highest_offset) return std::unexpected(Errno::Inval);
    if (buffers.bytes() > highest_offset - offset) return std::unexpected(Errno::FBig);
    auto const put =
        buffers.count() == 0 ? 0 : TRY(to_wasi(file->file->write_at(buffers.all(), offset)));
    return memory.write(out, static_cast<std::uint32_t>(put));
}

} // namespace exec::wasi
