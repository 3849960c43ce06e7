#include "keep/shim/system_call/transfer.hpp"

#include "keep/shim/host/message.hpp"
#include "keep/shim/system_call/source.hpp"

namespace shim {

using protocol::hostcall::data_size;
using protocol::hostcall::Extent;

namespace {

constexpr std::uint64_t most_pieces = 1024; // UIO_MAXIOV
constexpr std::uint64_t most_bytes = 0x7fff'f000;
constexpr std::uint64_t own_position = ~0ULL;
constexpr std::uint64_t append_flag = 0x10; // RWF_APPEND

struct IoVector {
    std::uint64_t base;
    std::uint64_t size;
};

base::Heard memory_file(File const& file, std::uint64_t offset, std::uint64_t size) {
    if (offset >= file.size) return base::Heard{{}};
    // Safety: start.cpp checked that the window maps [place, place + size).
    return base::Heard{
        {physical(hw::PhysAddr{file.place + offset}), smaller(size, file.size - offset)}
    };
}

Reply read_memory(SystemCall const& call, File const& file, Pieces pieces, Position position) {
    auto const offset = position.own ? file.position : position.offset;
    auto const wanted = TRY(pieces.left(most_bytes, Access::None));
    auto const done = TRY(pieces.scatter(memory_file(file, offset, wanted)));
    if (position.own)
        call.kernel.files.change(call[0], file, [&](File& f) { f.position = offset + done; });
    return done;
}

// arch/x86/entry/syscalls/syscall_64.tbl: up to pwrite64 they have one buffer, then several.
constexpr std::uint64_t pwrite64_number = 18;
constexpr std::uint64_t readv_number = 19;
constexpr std::uint64_t writev_number = 20;
constexpr std::uint64_t pwritev2_number = 328;

base::Result<Pieces> pieces_of(SystemCall const& call) {
    if (call.frame.rax <= pwrite64_number) return Pieces::one(call.kernel.user, call[1], call[2]);
    return Pieces::vector(call.kernel.user, call[1], call[2]);
}

// preadv2, pwritev2: offset -1 is the file's own position; but for appending, their flags only
// hint.
Position position_of(SystemCall const& call) {
    auto const number = call.frame.rax;
    bool const plain = number <= 1 || number == readv_number || number == writev_number;
    bool const own = plain || (number > writev_number && call[3] == own_position);
    return {own, call[3], number == pwritev2_number ? call[5] & append_flag : 0};
}

} // namespace

Pieces Pieces::one(UserMemory& user, std::uint64_t at, std::uint64_t size) {
    return {user, {at, at + smaller(size, most_bytes)}, 0, 0};
}

base::Result<Pieces> Pieces::vector(UserMemory& user, std::uint64_t at, std::uint64_t count) {
    if (count > most_pieces) return std::unexpected(base::Errno::Inval);
    return Pieces{user, {}, at, count};
}

template <class Step> base::Result<std::size_t> Pieces::walk(std::size_t size, Step step) {
    std::size_t done = 0;
    while (done < size) {
        if (now_.begin == now_.end) {
            if (count_ == 0) break;
            auto const entry = TRY(user_.load<IoVector>(next_));
            next_ += sizeof(IoVector);
            --count_;
            now_ = {entry.base, entry.base + smaller(entry.size, most_bytes)};
            continue;
        }
        auto const n = smaller(now_.end - now_.begin, size - done);
        TRY(step(now_.begin, done, n));
        now_.begin += n;
        done += n;
    }
    return done;
}

base::Result<std::size_t> Pieces::gather(base::Shown& to, std::size_t place, std::size_t size) {
    return walk(size, [&](std::uint64_t at, std::size_t done, std::size_t n) {
        return user_.show(at, n, to, place + done);
    });
}

base::Result<std::size_t> Pieces::scatter(base::Heard from) {
    return walk(from.size(), [&](std::uint64_t at, std::size_t done, std::size_t n) {
        return user_.take(at, from.part(done, n));
    });
}

base::Result<std::uint64_t> Pieces::left(std::uint64_t cap, Access access) {
    auto copy = *this;
    return copy.walk(cap, [&](std::uint64_t at, std::size_t, std::size_t n) -> base::Result<void> {
        if (access == Access::None) return {};
        return user_.check(at, n, access);
    });
}

Reply read_file(SystemCall const& call, File const& file, Pieces pieces, Position position) {
    if (file.kind == File::Kind::Memory) return read_memory(call, file, pieces, position);
    if (file.source && position.own) return read_source(call, file.handle, pieces);
    auto& kernel = call.kernel;
    // What was received ahead comes first, by whatever number of the socket.
    bool const ahead = file.stream || kernel.batch.unread(file.handle) != nullptr;
    if (Name none; ahead && position.own) return receive(call, file, pieces, 0, none);
    // Checked first: what the host has read must not be lost.
    auto const size = TRY(pieces.left(data_size, Access::Write));
    auto const extent = *Extent::create(0, size);
    Message message{kernel.host};
    auto const got =
        TRY(position.own
                ? kernel.wait(Call::Read, {file.handle, extent.encode()}, size)
                : kernel.wait(Call::Pread, {file.handle, extent.encode(), position.offset}, size));
    return pieces.scatter(message.heard(extent, got));
}

Reply write_file(SystemCall const& call, File const& file, Pieces pieces, Position position) {
    if (file.kind == File::Kind::Memory) return std::unexpected(base::Errno::BadF);
    if (file.stream && position.own) return send(call, file, pieces, 0, {});
    auto& kernel = call.kernel;
    for (std::uint64_t done = 0;;) {
        // Checked first: of what cannot be sent the host sees nothing.
        auto const size = pieces.left(data_size, Access::Read);
        if (!size && done == 0) return std::unexpected(size.error());
        if (!size || (*size == 0 && done != 0)) return done;
        Message message{kernel.host};
        auto const gathered = TRY(pieces.gather(message.shown(), 0, *size));
        auto const extent = Extent::create(0, gathered)->encode();
        auto const offset = position.own ? own_position : position.offset + done;
        auto const sent =
            position.own && position.flags == 0
                ? kernel.wait(Call::Write, {file.handle, extent}, gathered)
                : kernel.wait(
                      Call::Pwrite, {file.handle, extent, offset, position.flags}, gathered
                  );
        if (!sent && done == 0) return std::unexpected(sent.error());
        if (!sent) return done;
        done += *sent;
        if (*sent < gathered || gathered < data_size || !kernel.files.open(file)) return done;
    }
}

base::Result<void>
fill_from_file(SystemCall const& call, File const& file, Range to, std::uint64_t offset) {
    for (std::uint64_t at = to.begin; at < to.end;) {
        auto const pieces = Pieces::one(call.kernel.user, at, to.end - at);
        auto const from = offset + (at - to.begin);
        auto const got = TRY(read_file(call, file, pieces, {.own = false, .offset = from}));
        if (got == 0) break;
        at += got;
        if (!call.kernel.files.open(file)) return std::unexpected(base::Errno::BadF);
    }
    return {};
}

Reply system_call::read(SystemCall const& call) {
    auto const file = TRY(call.kernel.files.find(call[0]));
    return read_file(call, file, TRY(pieces_of(call)), position_of(call));
}

Reply system_call::write(SystemCall const& call) {
    auto const file = TRY(call.kernel.files.find(call[0]));
    return write_file(call, file, TRY(pieces_of(call)), position_of(call));
}

} // namespace shim
