#pragma once

// Bytes between the program's memory and a file.

#include "keep/shim/system_call/system_call.hpp"

namespace shim {

// Buffers one after the other: one of the call's own, or an iovec array in the program's memory
// that is read entry by entry.
class Pieces {
public:
    static Pieces one(UserMemory& user, std::uint64_t at, std::uint64_t size);
    static base::Result<Pieces> vector(UserMemory& user, std::uint64_t at, std::uint64_t count);

    // Copies up to `size` bytes on from where the last copy ended; less only at the end.
    base::Result<std::size_t> gather(base::Shown& to, std::size_t place, std::size_t size);
    base::Result<std::size_t> scatter(base::Heard from);
    // How many bytes are left, capped, after a check that the program may access all of them so.
    base::Result<std::uint64_t> left(std::uint64_t cap, Access access);

private:
    Pieces(UserMemory& user, Range now, std::uint64_t next, std::uint64_t count)
        : user_{user}, now_{now}, next_{next}, count_{count} {}

    template <class Step> base::Result<std::size_t> walk(std::size_t size, Step step);

    UserMemory& user_;
    Range now_;          // of the present buffer, what is not yet copied
    std::uint64_t next_; // iovec entries that follow
    std::uint64_t count_;
};

// Where a transfer happens: the file's own position, or an offset of the caller.
struct Position {
    bool own = true;
    std::uint64_t offset = 0;
    std::uint64_t flags = 0; // RWF_APPEND
};

// socket.cpp: as recvmsg and sendmsg with these flags, for a stream socket or any with an address.
struct Name {
    std::uint64_t at = 0; // in the program; 0: none
    std::uint64_t size = 0;
};
// All of these: of the call's first argument, which is `file`.
Reply receive(
    SystemCall const& call, File const& file, Pieces pieces, std::uint64_t flags, Name& name
);
Reply send(SystemCall const& call, File const& file, Pieces pieces, std::uint64_t flags, Name name);

Reply read_file(SystemCall const& call, File const& file, Pieces pieces, Position position);
Reply write_file(SystemCall const& call, File const& file, Pieces pieces, Position position);
base::Result<void>
fill_from_file(SystemCall const& call, File const& file, Range to, std::uint64_t offset);

} // namespace shim
