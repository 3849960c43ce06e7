// Sockets, all of them opened before the application started or accepted from such.

#include "keep/exec/wasi/convert.hpp"
#include "keep/exec/wasi/functions.hpp"
#include "keep/exec/wasi/poll_wait.hpp"
#include "keep/exec/wasi/resolve.hpp"
#include "keep/exec/wasi/rights.hpp"

#include <utility>

namespace exec::wasi {

namespace {

constexpr std::uint32_t lowest_accepted = 3; // never one of the standard streams

Result<Descriptor*> listener_of(Context& context, Fd fd) {
    auto* const descriptor = TRY(context.descriptors.find(fd));
    if (as<Connected>(*descriptor) != nullptr) return std::unexpected(Errno::Inval);
    if (as<Listening>(*descriptor) == nullptr) return std::unexpected(Errno::NotSock);
    TRY(descriptor->allows(right::sock_accept));
    return descriptor;
}

// A client that comes is worth more than one that the application has left already.
base::Result<Connected> next_of(Descriptor& listening, net::ClosingList& closing) {
    auto& listener = **as<Listening>(listening);
    for (;;) {
        auto connection = listener.accept(listening.nonblocking());
        bool const full = !connection && connection.error() == base::Errno::MFile;
        if (!full || !closing.give_up_oldest()) return connection;
    }
}

} // namespace

Result<void> sock_accept(
    Context& context, GuestMemory memory, Fd fd, std::uint32_t flags, Pointer<std::uint32_t> out
) {
    auto* const descriptor = TRY(listener_of(context, fd));
    if ((flags & ~std::uint32_t{fd_flag::nonblock}) != 0) return std::unexpected(Errno::Inval);
    TRY(memory.check(out));
    TRY(context.descriptors.room(true)); // before a client is accepted and lost
    if (!descriptor->nonblocking())
        wait_beside(*descriptor, net::Direction::Read, *context.closing);
    auto connection = TRY(to_wasi(next_of(*descriptor, *context.closing)));
    auto const accepted = TRY(context.descriptors.insert(
        {.object = std::move(connection),
         .rights_base = right::on_connection & descriptor->rights_inheriting,
         .flags = static_cast<FdFlags>(flags)},
        lowest_accepted
    ));
    return memory.write(out, accepted.number);
}

Result<void> sock_recv(
    Context& context,
    GuestMemory memory,
    Fd fd,
    Pointer<IoVector> vectors,
    std::uint32_t count,
    std::uint32_t flags,
    Pointer<std::uint32_t> out,
    Pointer<std::uint16_t> out_flags
) {
    auto const [descriptor, connection] = TRY(peer_of(context, fd, right::fd_read));
    if ((flags & ~receive_flag::all) != 0) return std::unexpected(Errno::Inval);
    auto const buffers = TRY(memory.to_fill(vectors, count));
    TRY(memory.check(out));
    TRY(memory.check(out_flags));
    net::ReceiveHow const how{
        .peek = (flags & receive_flag::peek) != 0,
        .wait_all = (flags & receive_flag::wait_all) != 0,
        .nonblocking = descriptor.nonblocking()
    };
    net::Received received;
    if (buffers.count() > 0 && !how.nonblocking)
        wait_beside(descriptor, net::Direction::Read, *context.closing);
    if (buffers.count() > 0) received = TRY(to_wasi(connection.receive(buffers.all(), how)));
    TRY(memory.write(out, static_cast<std::uint32_t>(received.bytes)));
    return memory.write(out_flags, received.truncated ? received_data_truncated : std::uint16_t{0});
}

Result<void> sock_send(
    Context& context,
    GuestMemory memory,
    Fd fd,
    Pointer<IoVector> vectors,
    std::uint32_t count,
    std::uint32_t flags,
    Pointer<std::uint32_t> out
) {
    auto const [descriptor, connection] = TRY(peer_of(context, fd, right::fd_write));
    if (flags != 0) return std::unexpected(Errno::Inval);
    auto const buffers = TRY(memory.to_send(vectors, count));
    TRY(memory.check(out));
    std::size_t sent = 0;
    if (buffers.count() > 0)
        sent = TRY(to_wasi(connection.send(buffers.all(), descriptor.nonblocking())));
    return memory.write(out, static_cast<std::uint32_t>(sent));
}

Result<void> sock_shutdown(Context& context, GuestMemory /*memory*/, Fd fd, std::uint32_t how) {
    auto const peer = TRY(peer_of(context, fd, right::sock_shutdown));
    switch (how) {
    case shutdown_flag::read:
        return to_wasi(peer.connection.shutdown(net::ShutdownHow::Read));
    case shutdown_flag::write:
        return to_wasi(peer.connection.shutdown(net::ShutdownHow::Write));
    case shutdown_flag::read | shutdown_flag::write:
        return to_wasi(peer.connection.shutdown(net::ShutdownHow::Both));
    default:
        return std::unexpected(Errno::Inval);
    }
}

} // namespace exec::wasi
