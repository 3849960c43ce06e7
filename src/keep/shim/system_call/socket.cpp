// Sockets: every one is the host's; what travels over them is for the program to encrypt.

#include "keep/shim/system_call/forward.hpp"
#include "keep/shim/system_call/transfer.hpp"

#include <utility>

namespace shim {

using protocol::hostcall::data_size;
using protocol::hostcall::Extent;

namespace {

constexpr std::uint64_t most_address = 128;
constexpr std::uint64_t address_room = 4096; // of the block's data, left free beside a message
constexpr std::uint64_t most_message = data_size - address_room;

// Linux UAPI, linux/socket.h, linux/net.h.
constexpr std::uint64_t peek = 0x02;
constexpr std::uint64_t dont_wait = 0x40;
constexpr std::uint64_t wait_all = 0x100;
constexpr std::uint64_t no_signal = 0x4000;
constexpr std::uint64_t socket_type = 0xf;
constexpr std::uint64_t stream_socket = 1;

// Linux UAPI, linux/socket.h: struct user_msghdr.
struct Message {
    std::uint64_t name;
    std::uint64_t name_size; // 32 bits and padding
    std::uint64_t vector, vector_count;
    std::uint64_t control, control_size;
    std::uint64_t flags;
};
static_assert(sizeof(Message) == 56);

base::Result<File*> socket_of(SystemCall const& call) {
    return call.kernel.files.host(call[0], base::Errno::NotSock);
}

// A call that would not wait, on a socket of which the host said just now that nothing is there: so
// the program need not ask again. Once only, for it may come at any time.
bool is_quiet(File& file, std::uint64_t flags) {
    bool const waits = (flags & dont_wait) == 0 && (file.flags & open_nonblocking) == 0;
    return !waits && Machine::ticks() < std::exchange(file.quiet_until, 0);
}

Reply add_socket(SystemCall const& call, std::uint64_t handle, std::uint64_t flags, bool stream) {
    auto const number = TRY(add_handle(call, handle, flags, false));
    auto& file = *TRY(call.kernel.files.find(number));
    file.stream = stream;
    file.flags = static_cast<std::uint32_t>(flags) & open_nonblocking;
    return number;
}

Reply accept_with(SystemCall const& call, std::uint64_t flags) {
    if (is_quiet(*TRY(socket_of(call)), 0)) return std::unexpected(base::Errno::Again);
    Forward forward{call, Call::Accept};
    TRY(forward.handle(call[0]));
    TRY(forward.sized(call[1], call[2]));
    forward.value(flags & ~open_close_on_exec);
    auto const handle = TRY(forward.send());
    return add_socket(call, handle, flags, true);
}

// What the host has received ahead, as far as there is any.
Reply take_ahead(SystemCall const& call, File const& file, Pieces& pieces, std::uint64_t flags) {
    auto& batch = call.kernel.batch;
    auto* const unread = batch.unread(file.handle);
    if (unread == nullptr) return 0;
    auto const taken = TRY(pieces.scatter(batch.bytes(*unread)));
    if ((flags & peek) == 0) batch.take(*unread, taken);
    return taken;
}

// False: this one has to go now.
base::Result<bool>
send_late(SystemCall const& call, File& file, Pieces pieces, std::uint64_t size) {
    auto& kernel = call.kernel;
    auto const room = kernel.batch.late_room(file, size);
    if (room.empty() || !kernel.alone()) return false;
    auto const gathered = TRY(pieces.gather(room));
    if (!kernel.batch.send_late(call[0], file, room.first(gathered)))
        static_cast<void>(kernel.wait(Call::Flush, {}, 0));
    return true;
}

} // namespace

Reply receive(SystemCall const& call, Pieces pieces, std::uint64_t flags, Name& name) {
    auto& kernel = call.kernel;
    auto& file = *TRY(socket_of(call));
    auto const ahead = TRY(take_ahead(call, file, pieces, flags));
    auto const room = TRY(pieces.left(most_message, true));
    bool const whole = (flags & wait_all) != 0 && (flags & (dont_wait | peek)) == 0;
    if (ahead != 0 && (!whole || room == 0)) {
        name.size = 0;
        return ahead;
    }
    if (ahead == 0 && is_quiet(file, flags)) return std::unexpected(base::Errno::Again);
    auto const data = *Extent::create(0, room);
    auto const address =
        *Extent::create(most_message, name.at != 0 ? smaller(name.size, most_address) : 0);
    auto const size = *Extent::create(most_message + most_address, sizeof(std::uint32_t));
    auto const got = kernel.wait(
        Call::RecvFrom, {file.handle, data.encode(), flags, address.encode(), size.encode()}, room
    );
    if (!got) return ahead != 0 ? Reply{ahead} : got;
    TRY(pieces.scatter(kernel.host.data(data).first(*got)));
    TRY(kernel.user.write(name.at, kernel.host.data(address)));
    kernel.host.scrub(*got);
    name.size = address.size();
    return ahead + *got;
}

Reply send(SystemCall const& call, Pieces pieces, std::uint64_t flags, Name name) {
    auto& kernel = call.kernel;
    auto& file = *TRY(socket_of(call));
    if (name.size > most_address) return std::unexpected(base::Errno::Inval);
    bool const plain = name.size == 0 && (flags & ~(dont_wait | no_signal)) == 0;
    auto const address = *Extent::create(most_message, name.size);
    for (std::uint64_t done = 0;;) {
        auto const wanted = TRY(pieces.left(most_message, false));
        bool const went_late = plain ? TRY(send_late(call, file, pieces, wanted)) : false;
        if (went_late) return done + wanted;
        auto const size = TRY(pieces.gather(kernel.host.data(*Extent::create(0, wanted))));
        TRY(kernel.user.read(name.at, kernel.host.data(address)));
        auto const data = Extent::create(0, size)->encode();
        auto const sent =
            kernel.wait(Call::SendTo, {file.handle, data, flags, address.encode()}, size);
        file.room = sent && *sent == size ? kernel.host.room() : 0;
        kernel.host.scrub(size);
        if (!sent) return done != 0 ? Reply{done} : sent;
        done += *sent;
        if (*sent < size || size < most_message) return done;
    }
}

Reply system_call::socket(SystemCall const& call) {
    Arguments const wanted{call[0], call[1] & ~open_close_on_exec, call[2]};
    auto const handle = TRY(call.kernel.wait(Call::Socket, wanted, most_handle));
    return add_socket(call, handle, call[1], (call[1] & socket_type) == stream_socket);
}

Reply system_call::accept(SystemCall const& call) { return accept_with(call, 0); }
Reply system_call::accept4(SystemCall const& call) { return accept_with(call, call[3]); }

Reply system_call::shutdown(SystemCall const& call) {
    auto& file = *TRY(socket_of(call));
    auto const reply = forward(call);
    file.room = 0; // what is sent from now on tells at once whether it can be
    return reply;
}

Reply system_call::sendto(SystemCall const& call) {
    return send(
        call,
        Pieces::one(call.kernel.user, call[1], call[2]),
        call[3],
        {call[4], call[4] != 0 ? call[5] : 0}
    );
}

Reply system_call::recvfrom(SystemCall const& call) {
    auto& user = call.kernel.user;
    Name name;
    if (call[4] != 0 && call[5] != 0) name = {call[4], TRY(user.load<std::uint32_t>(call[5]))};
    auto const got = TRY(receive(call, Pieces::one(user, call[1], call[2]), call[3], name));
    if (name.at != 0) TRY(user.store(call[5], static_cast<std::uint32_t>(name.size)));
    return got;
}

Reply system_call::sendmsg(SystemCall const& call) {
    auto& user = call.kernel.user;
    auto const message = TRY(user.load<Message>(call[1]));
    if (message.control_size != 0) return std::unexpected(base::Errno::Inval);
    auto const pieces = TRY(Pieces::vector(user, message.vector, message.vector_count));
    auto const name_size = message.name != 0 ? message.name_size & 0xffff'ffff : 0;
    return send(call, pieces, call[2], {message.name, name_size});
}

Reply system_call::recvmsg(SystemCall const& call) {
    auto& user = call.kernel.user;
    auto message = TRY(user.load<Message>(call[1]));
    auto const pieces = TRY(Pieces::vector(user, message.vector, message.vector_count));
    Name name{message.name, message.name_size & 0xffff'ffff};
    auto const got = TRY(receive(call, pieces, call[2], name));
    message.name_size = name.size;
    message.control_size = 0;
    message.flags = 0;
    TRY(user.store(call[1], message));
    return got;
}

Reply system_call::pipe2(SystemCall const& call) {
    auto& kernel = call.kernel;
    constexpr std::uint64_t pipe_number = 22; // which has no flags
    auto const flags = call.frame.rax == pipe_number ? 0 : call[1];
    auto const extent = *Extent::create(0, sizeof(std::array<std::uint32_t, 2>));
    TRY(kernel.wait(Call::Pipe, {extent.encode(), flags & ~open_close_on_exec}, 0));
    std::array<std::uint32_t, 2> handles{};
    std::ranges::copy(kernel.host.data(extent), std::as_writable_bytes(std::span{handles}).begin());
    if (handles[0] == handles[1]) return std::unexpected(base::Errno::Proto);
    std::array<std::uint32_t, 2> numbers{};
    for (unsigned i = 0; i < 2; ++i)
        numbers[i] = static_cast<std::uint32_t>(TRY(add_handle(call, handles[i], flags, false)));
    return call.store(call[0], numbers);
}

} // namespace shim
