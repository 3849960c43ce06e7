// Reading and writing, at a descriptor's own position or at a given one.

#include "keep/exec/wasi/convert.hpp"
#include "keep/exec/wasi/functions.hpp"
#include "keep/exec/wasi/resolve.hpp"

namespace exec::wasi {

namespace {

constexpr std::uint64_t highest_offset = INT64_MAX;

using Fill = Buffers<std::byte>;
using Send = Buffers<std::byte const>;

Result<std::size_t> read(Descriptor&, Stream& stream, Fill const& out, bool nonblocking) {
    return to_wasi(stream.host.read(out.all(), nonblocking));
}
Result<std::size_t> read(Descriptor&, Null&, Fill const&, bool) { return 0; }
Result<std::size_t> read(Descriptor&, OpenFile& file, Fill const& out, bool) {
    auto const got = TRY(to_wasi(file.file->read_at(out.all(), file.offset)));
    file.offset += got;
    return got;
}
Result<std::size_t> read(Descriptor&, OpenDirectory&, Fill const&, bool) {
    return std::unexpected(Errno::IsDir);
}
Result<std::size_t> read(Descriptor&, Listening&, Fill const&, bool) {
    return std::unexpected(Errno::NotConn);
}
Result<std::size_t> read(Descriptor&, Connected& connection, Fill const& out, bool nonblocking) {
    return TRY(to_wasi(connection->receive(out.all(), {.nonblocking = nonblocking}))).bytes;
}

Result<std::size_t> write(Descriptor&, Stream& stream, Send const& in, bool nonblocking) {
    return to_wasi(stream.host.write(in.all(), nonblocking));
}
Result<std::size_t> write(Descriptor&, Null&, Send const& in, bool) { return in.bytes(); }
Result<std::size_t> write(Descriptor& descriptor, OpenFile& file, Send const& in, bool) {
    if ((descriptor.flags & fd_flag::append) != 0) {
        auto const [written, end] = TRY(to_wasi(file.file->append(in.all())));
        file.offset = end;
        return written;
    }
    if (in.bytes() > highest_offset - file.offset) return std::unexpected(Errno::FBig);
    auto const put = TRY(to_wasi(file.file->write_at(in.all(), file.offset)));
    file.offset += put;
    return put;
}
Result<std::size_t> write(Descriptor&, OpenDirectory&, Send const&, bool) {
    return std::unexpected(Errno::IsDir);
}
Result<std::size_t> write(Descriptor&, Listening&, Send const&, bool) {
    return std::unexpected(Errno::NotConn);
}
Result<std::size_t> write(Descriptor&, Connected& connection, Send const& in, bool nonblocking) {
    return to_wasi(connection->send(in.all(), nonblocking));
}

// A descriptor of a kind that can be read or written, with the right to.
Result<Descriptor*> transferable(Context& context, Fd fd, Rights needed) {
    auto* const descriptor = TRY(context.descriptors.find(fd));
    if (as<OpenDirectory>(*descriptor)) return std::unexpected(Errno::IsDir);
    if (as<Listening>(*descriptor)) return std::unexpected(Errno::NotConn);
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
    if (buffers.count() == 0) return memory.write(out, 0U);
    auto const got =
        TRY(std::visit(
            [&](auto& object) {
                return read(*descriptor, object, buffers, descriptor->nonblocking());
            },
            descriptor->object
        ));
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
    if (buffers.count() == 0) return memory.write(out, 0U);
    auto const put =
        TRY(std::visit(
            [&](auto& object) {
                return write(*descriptor, object, buffers, descriptor->nonblocking());
            },
            descriptor->object
        ));
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
