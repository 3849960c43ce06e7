// Sockets: every one is the host's; what travels over them is for the program to encrypt.

#include "keep/shim/system_call/forward.hpp"
#include "keep/shim/system_call/transfer.hpp"

#include <utility>

namespace shim {

using protocol::hostcall::data_size;
using protocol::hostcall::Extent;

namespace {

// Of the block's data: an address, its size, and behind them the bytes of a message.
constexpr std::uint64_t most_address = 128; // sockaddr_storage
constexpr auto size_place = *Extent::create(most_address, sizeof(std::uint32_t));
constexpr std::uint64_t message_place = 256;
constexpr std::uint64_t most_message = data_size - message_place;

// Linux UAPI, linux/socket.h, linux/net.h.
constexpr std::uint64_t peek = 0x02;
constexpr std::uint64_t dont_wait = 0x40;
constexpr std::uint64_t wait_all = 0x100;
constexpr std::uint64_t no_signal = 0x4000;
constexpr std::uint64_t socket_type = 0xf;
constexpr std::uint64_t stream_socket = 1;

// Linux UAPI, linux/socket.h: struct user_msghdr.
struct MessageHeader {
    std::uint64_t name;
    std::uint64_t name_size; // 32 bits and padding
    std::uint64_t vector, vector_count;
    std::uint64_t control, control_size;
    std::uint64_t flags;
};
static_assert(sizeof(MessageHeader) == 56);

base::Result<File> socket_of(SystemCall const& call) {
    return call.kernel.files.host(call[0], base::Errno::NotSock);
}

// A call that would not wait, on a socket of which the host said just now that nothing is there: so
// the program need not ask again. Once only, for it may come at any time.
bool is_quiet(SystemCall const& call, File const& file, std::uint64_t flags) {
    bool const waits = (flags & dont_wait) == 0 && (file.flags & open_nonblocking) == 0;
    if (waits || file.quiet_until == 0) return false;
    call.kernel.files.change(call[0], file, [](File& f) { f.quiet_until = 0; });
    return Machine::ticks() < file.quiet_until;
}

void set_room(SystemCall const& call, File const& file, std::uint64_t room) {
    call.kernel.files.change(call[0], file, [room](File& f) { f.room = room; });
}

Reply add_socket(SystemCall const& call, std::uint64_t handle, std::uint64_t flags, bool stream) {
    auto& files = call.kernel.files;
    auto const number = TRY(add_handle(call, handle, flags, false));
    files.change(number, TRY(files.find(number)), [&](File& file) {
        file.stream = stream;
        file.flags = static_cast<std::uint32_t>(flags) & open_nonblocking;
    });
    return number;
}

Reply accept_with(SystemCall const& call, std::uint64_t flags) {
    if (is_quiet(call, TRY(socket_of(call)), 0)) return std::unexpected(base::Errno::Again);
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
send_late(SystemCall const& call, File const& file, Pieces pieces, std::uint64_t size) {
    auto& kernel = call.kernel;
    auto const now = TRY(kernel.files.find(call[0])); // with the room that was told last
    if (!now.same(file) || !kernel.alone()) return false;
    auto room = kernel.batch.late_room(now, size);
    if (room.size() == 0) return false;
    TRY(pieces.gather(room, 0, size));
    set_room(call, file, 0); // until the host says again how much there is
    if (!kernel.batch.send_late(call[0], file, std::move(room)))
        static_cast<void>(kernel.wait(Call::Flush, {}, 0));
    return true;
}

} // namespace

Reply receive(
    SystemCall const& call, File const& file, Pieces pieces, std::uint64_t flags, Name& name
) {
    auto& kernel = call.kernel;
    auto const ahead = TRY(take_ahead(call, file, pieces, flags));
    auto const room = TRY(pieces.left(most_message, Access::Write));
    bool const whole = (flags & wait_all) != 0 && (flags & (dont_wait | peek)) == 0;
    auto const name_room = std::exchange(name.size, 0);
    if (ahead != 0 && (!whole || room == 0)) return ahead;
    if (ahead == 0 && is_quiet(call, file, flags)) return std::unexpected(base::Errno::Again);
    auto const data = *Extent::create(message_place, room);
    auto const address = *Extent::create(0, name.at != 0 ? smaller(name_room, most_address) : 0);
    Message message{kernel.host};
    auto const got = kernel.wait(
        Call::RecvFrom,
        {file.handle, data.encode(), flags, address.encode(), size_place.encode()},
        room
    );
    if (!got) return ahead != 0 ? Reply{ahead} : got;
    TRY(pieces.scatter(message.heard(data, *got)));
    auto const told = message.heard(size_place).fetch<std::uint32_t>();
    if (told > most_address) return std::unexpected(base::Errno::Proto);
    TRY(kernel.user.take(name.at, message.heard(address, smaller(told, address.size()))));
    name.size = told; // all of it, as Linux does, even where the buffer is too small
    return ahead + *got;
}

Reply send(
    SystemCall const& call, File const& file, Pieces pieces, std::uint64_t flags, Name name
) {
    auto& kernel = call.kernel;
    if (name.size > most_address) return std::unexpected(base::Errno::Inval);
    bool const plain = name.size == 0 && (flags & ~(dont_wait | no_signal)) == 0;
    auto const address = *Extent::create(0, name.size);
    for (std::uint64_t done = 0;;) {
        // Checked first: of what cannot be sent the host sees nothing.
        auto const wanted = pieces.left(most_message, Access::Read);
        if (!wanted) return done != 0 ? Reply{done} : std::unexpected(wanted.error());
        TRY(kernel.user.check(name.at, name.size, Access::Read));
        if (plain && TRY(send_late(call, file, pieces, *wanted))) return done + *wanted;
        Message message{kernel.host};
        TRY(kernel.user.show(name.at, name.size, message.shown(), 0));
        auto const size = TRY(pieces.gather(message.shown(), message_place, *wanted));
        auto const data = Extent::create(message_place, size)->encode();
        auto const sent =
            kernel.wait(Call::SendTo, {file.handle, data, flags, address.encode()}, size);
        set_room(call, file, sent && *sent == size ? kernel.host.room() : 0);
        if (!sent) return done != 0 ? Reply{done} : sent;
        done += *sent;
        if (*sent < size || size < most_message || !kernel.files.open(file)) return done;
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
    auto const file = TRY(socket_of(call));
    auto const reply = forward(call);
    set_room(call, file, 0); // what is sent from now on tells at once whether it can be
    return reply;
}

Reply system_call::sendto(SystemCall const& call) {
    return send(
        call,
        TRY(socket_of(call)),
        Pieces::one(call.kernel.user, call[1], call[2]),
        call[3],
        {call[4], call[4] != 0 ? call[5] : 0}
    );
}

Reply system_call::recvfrom(SystemCall const& call) {
    auto& user = call.kernel.user;
    auto const file = TRY(socket_of(call));
    Name name;
    if (call[4] != 0 && call[5] != 0) name = {call[4], TRY(user.load<std::uint32_t>(call[5]))};
    auto const got = TRY(receive(call, file, Pieces::one(user, call[1], call[2]), call[3], name));
    if (name.at != 0) TRY(user.store(call[5], static_cast<std::uint32_t>(name.size)));
    return got;
}

Reply system_call::sendmsg(SystemCall const& call) {
    auto& user = call.kernel.user;
    auto const file = TRY(socket_of(call));
    auto const message = TRY(user.load<MessageHeader>(call[1]));
    if (message.control_size != 0) return std::unexpected(base::Errno::Inval);
    auto const pieces = TRY(Pieces::vector(user, message.vector, message.vector_count));
    auto const name_size = message.name != 0 ? message.name_size & 0xffff'ffff : 0;
    return send(call, file, pieces, call[2], {message.name, name_size});
}

Reply system_call::recvmsg(SystemCall const& call) {
    auto& user = call.kernel.user;
    auto const file = TRY(socket_of(call));
    auto message = TRY(user.load<MessageHeader>(call[1]));
    auto const pieces = TRY(Pieces::vector(user, message.vector, message.vector_count));
    Name name{message.name, message.name_size & 0xffff'ffff};
    auto const got = TRY(receive(call, file, pieces, call[2], name));
    if (message.name != 0) message.name_size = name.size;
    message.control_size = 0;
    message.flags = 0;
    TRY(user.store(call[1], message));
    return got;
}

Reply system_call::pipe2(SystemCall const& call) {
    auto& kernel = call.kernel;
    constexpr std::uint64_t pipe_number = 22; // which has no flags
    auto const flags = call.frame.rax == pipe_number ? 0 : call[1];
    using Pair = std::array<std::uint32_t, 2>;
    auto const extent = *Extent::create(0, sizeof(Pair));
    TRY(kernel.user.check(call[0], sizeof(Pair), Access::Write));
    Message message{kernel.host};
    TRY(kernel.wait(Call::Pipe, {extent.encode(), flags & ~open_close_on_exec}, 0));
    auto const handles = message.heard(extent).fetch<Pair>();
    if (handles[0] == handles[1]) return std::unexpected(base::Errno::Proto);
    // Another thread may have taken it away meanwhile.
    auto const room = kernel.user.check(call[0], sizeof(Pair), Access::Write);
    if (!room) return_handle(call, handles[0]);
    auto const first =
        room ? add_handle(call, handles[0], flags, false) : std::unexpected(room.error());
    auto second = first;
    if (first) {
        auto const file = TRY(kernel.files.find(*first));
        second = add_handle(call, handles[1], flags, false);
        if (second)
            return call.store(
                call[0],
                Pair{static_cast<std::uint32_t>(*first), static_cast<std::uint32_t>(*second)}
            );
        kernel.files.change(*first, file, [](File& f) { f = {}; });
    }
    // Neither is left without the other.
    return_handle(call, handles[first ? 0 : 1]);
    return second;
}

} // namespace shim
