// Sockets: every one is the host's; what travels over them is a matter of the program's own
// encryption.

#include "keep/shim/system_call/forward.hpp"
#include "keep/shim/system_call/transfer.hpp"

namespace shim::system_call {

using protocol::hostcall::data_size;
using protocol::hostcall::Extent;

namespace {

constexpr std::uint64_t most_address = 128;
constexpr std::uint64_t most_option = 4096;
constexpr std::uint64_t address_room = 4096; // of the block's data, left free beside a message
constexpr std::uint64_t most_message = data_size - address_room;

// Linux UAPI, linux/socket.h: struct user_msghdr.
struct Message {
    std::uint64_t name;
    std::uint64_t name_size; // 32 bits and padding
    std::uint64_t vector, vector_count;
    std::uint64_t control, control_size;
    std::uint64_t flags;
};
static_assert(sizeof(Message) == 56);

// Buffers for an address and its size, where the program has given them; the size says how much
// room there is.
base::Result<void>
add_name(Forward& forward, SystemCall const& call, std::uint64_t at, std::uint64_t size_at) {
    if (at == 0 || size_at == 0) {
        TRY(forward.out(0, 0));
        return forward.out(0, 0);
    }
    auto const room = TRY(call.kernel.user.load<std::uint32_t>(size_at));
    TRY(forward.out(at, smaller(room, most_address)));
    return forward.out(size_at, sizeof room);
}

Reply accept_with(SystemCall const& call, std::uint64_t flags) {
    Forward forward{call, Call::Accept};
    TRY(forward.handle(call[0]));
    TRY(add_name(forward, call, call[1], call[2]));
    forward.value(flags & ~open_close_on_exec);
    auto const handle = TRY(forward.send());
    return add_handle(call, handle, flags, false);
}

base::Result<std::uint32_t> handle_of(SystemCall const& call) {
    auto const* const file = TRY(call.kernel.files.find(call[0]));
    if (file->kind != File::Kind::Host) return std::unexpected(base::Errno::NotSock);
    return file->handle;
}

} // namespace

Reply socket(SystemCall const& call) {
    Forward forward{call, Call::Socket};
    forward.value(call[0]);
    forward.value(call[1] & ~open_close_on_exec);
    forward.value(call[2]);
    auto const handle = TRY(forward.send());
    return add_handle(call, handle, call[1], false);
}

Reply accept(SystemCall const& call) { return accept_with(call, 0); }
Reply accept4(SystemCall const& call) { return accept_with(call, call[3]); }

Reply connect_or_bind(SystemCall const& call) {
    if (call[2] > most_address) return std::unexpected(base::Errno::Inval);
    Forward forward{call, static_cast<Call>(call.frame.rax)};
    TRY(forward.handle(call[0]));
    TRY(forward.in(call[1], call[2]));
    return forward.send();
}

Reply socket_name(SystemCall const& call) {
    Forward forward{call, static_cast<Call>(call.frame.rax)};
    TRY(forward.handle(call[0]));
    TRY(add_name(forward, call, call[1], call[2]));
    return forward.send();
}

Reply setsockopt(SystemCall const& call) {
    if (call[4] > most_option) return std::unexpected(base::Errno::Inval);
    Forward forward{call, Call::SetSockOpt};
    TRY(forward.handle(call[0]));
    forward.value(call[1]);
    forward.value(call[2]);
    TRY(forward.in(call[3], call[4]));
    return forward.send();
}

Reply getsockopt(SystemCall const& call) {
    auto const room = TRY(call.kernel.user.load<std::uint32_t>(call[4]));
    Forward forward{call, Call::GetSockOpt};
    TRY(forward.handle(call[0]));
    forward.value(call[1]);
    forward.value(call[2]);
    TRY(forward.out(call[3], smaller(room, most_option)));
    TRY(forward.out(call[4], sizeof room));
    return forward.send();
}

Reply sendto(SystemCall const& call) {
    if (call[5] > most_address) return std::unexpected(base::Errno::Inval);
    Forward forward{call, Call::SendTo};
    TRY(forward.handle(call[0]));
    TRY(forward.in(call[1], smaller(call[2], most_message)));
    forward.value(call[3]);
    TRY(forward.in(call[4], call[4] != 0 ? call[5] : 0));
    return forward.send();
}

Reply recvfrom(SystemCall const& call) {
    Forward forward{call, Call::RecvFrom};
    TRY(forward.handle(call[0]));
    TRY(forward.result(call[1], smaller(call[2], most_message)));
    forward.value(call[3]);
    TRY(add_name(forward, call, call[4], call[5]));
    return forward.send();
}

Reply sendmsg(SystemCall const& call) {
    auto& kernel = call.kernel;
    auto const handle = TRY(handle_of(call));
    auto const message = TRY(kernel.user.load<Message>(call[1]));
    if (message.control_size != 0) return std::unexpected(base::Errno::Inval);
    auto pieces = TRY(Pieces::vector(kernel.user, message.vector, message.vector_count));
    auto const size = TRY(pieces.gather(kernel.host.data(*Extent::create(0, most_message))));
    std::uint64_t const name_size = message.name != 0 ? message.name_size & 0xffff'ffff : 0;
    if (name_size > most_address) return std::unexpected(base::Errno::Inval);
    auto const name = *Extent::create(most_message, name_size);
    TRY(kernel.user.read(message.name, kernel.host.data(name)));
    auto const reply = kernel.wait(
        Call::SendTo, {handle, Extent::create(0, size)->encode(), call[2], name.encode()}, size
    );
    kernel.host.scrub(size);
    return reply;
}

Reply recvmsg(SystemCall const& call) {
    auto& kernel = call.kernel;
    auto const handle = TRY(handle_of(call));
    auto message = TRY(kernel.user.load<Message>(call[1]));
    auto pieces = TRY(Pieces::vector(kernel.user, message.vector, message.vector_count));
    auto const room = TRY(pieces.left(most_message, true));
    auto const data = *Extent::create(0, room);
    auto const name = *Extent::create(
        most_message, message.name != 0 ? smaller(message.name_size & 0xffff'ffff, most_address) : 0
    );
    auto const size = *Extent::create(most_message + most_address, sizeof(std::uint32_t));
    auto const got = TRY(kernel.wait(
        Call::RecvFrom, {handle, data.encode(), call[2], name.encode(), size.encode()}, room
    ));
    TRY(pieces.scatter(kernel.host.data(data).first(got)));
    TRY(kernel.user.write(message.name, kernel.host.data(name)));
    kernel.host.scrub(got);
    message.name_size = name.size();
    message.control_size = 0;
    message.flags = 0;
    TRY(kernel.user.store(call[1], message));
    return got;
}

Reply pipe2(SystemCall const& call) {
    auto& kernel = call.kernel;
    auto const extent = *Extent::create(0, sizeof(std::array<std::uint32_t, 2>));
    TRY(kernel.wait(Call::Pipe, {extent.encode(), call[1] & ~open_close_on_exec}, 0));
    std::array<std::uint32_t, 2> handles{};
    std::ranges::copy(kernel.host.data(extent), std::as_writable_bytes(std::span{handles}).begin());
    if (handles[0] == handles[1]) return std::unexpected(base::Errno::Proto);
    std::array<std::uint32_t, 2> numbers{};
    for (unsigned i = 0; i < 2; ++i)
        numbers[i] = static_cast<std::uint32_t>(TRY(add_handle(call, handles[i], call[1], false)));
    TRY(kernel.user.store(call[0], numbers));
    return 0;
}

} // namespace shim::system_call
