#pragma once

// The calls of a Keep to its host, and what each of their arguments is.
//
// Most are Linux system calls under their x86-64 numbers, with three differences: a descriptor is a
// handle that the host gave out, a buffer is an Extent of the block's data, and a path stays below
// the folder whose handle comes with it.

#include <array>
#include <cstdint>

namespace protocol::hostcall {

enum class Call : std::uint32_t {
    Read = 0,
    Write = 1,
    Close = 3,
    Fstat = 5,
    Lseek = 8,
    Ioctl = 16,
    Pread = 17,
    Pwrite = 18,
    Socket = 41,
    Connect = 42,
    SendTo = 44,
    RecvFrom = 45,
    Shutdown = 48,
    Bind = 49,
    Listen = 50,
    GetSockName = 51,
    GetPeerName = 52,
    SetSockOpt = 54,
    GetSockOpt = 55,
    Fcntl = 72,
    Fsync = 74,
    Fdatasync = 75,
    Ftruncate = 77,
    MkdirAt = 258,
    FstatAt = 262,
    UnlinkAt = 263,
    LinkAt = 265,
    SymlinkAt = 266,
    ReadlinkAt = 267,
    GetDents = 217,
    Fadvise = 221,
    EpollCtl = 233,
    UtimensAt = 280,
    TimerCreate = 283,
    Fallocate = 285,
    TimerSet = 286,
    Accept = 288,
    EventFd = 290,
    EpollCreate = 291,
    Pipe = 293,
    RenameAt = 316,
    Statx = 332,
    OpenAt = 437,
    FaccessAt = 439,
    EpollWait = 441, // nanoseconds, -1: no limit

    Poll = 0x1000,  // buffer of Polled (batch.hpp); nanoseconds, -1: no limit
    Exit = 0x1001,  // status, signal (0: none), EndReason and its detail: ends the Keep
    Spawn = 0x1002, // cpu, root of its page table, block: starts one more vCPU at the shim's second
                    // entry
    Park = 0x1003,  // nanoseconds, -1: no limit: returns after an Unpark of this cpu, or later than
                    // that
    Unpark = 0x1004, // cpu
    Grow =
        0x1005, // bytes wanted: the answer is the number of bytes by which memory grew at its end
    Discard = 0x1006, // address, bytes: the Keep needs the contents of this memory no more
    Log = 0x1007,     // buffer: a line for the log
    Flush = 0x1008,   // nothing but what goes along with every call
    Kick = 0x1009,    // four words, a bit for each vCPU: interrupts those by launch::kick_vector
};

enum class Argument : std::uint8_t {
    None,
    Value,  // a number
    Handle, // of an open descriptor
    In,     // Extent that the host reads
    Out,    // Extent that the host fills
    InOut,  // Extent that the host reads and fills
    Path,   // Extent of a path without its zero, below the Handle before it
    Target, // Extent of a symbolic link's text
};

enum class Answer : std::uint8_t {
    Nothing, // 0
    Value,   // any number up to 2^63 - 1
    Size,    // at most the size of the call's first Out buffer
    Sent,    // at most the size of the call's first In buffer
    Handle,  // a new handle
};

// Status of an Exit that is the shim's own doing.
inline constexpr std::uint64_t failed_status = 125;
// Status of an Exit by signal 9 where the Keep's memory is used up.
inline constexpr std::uint64_t out_of_memory_status = 137;

// Why a shim ends its Keep, where that is not the program's doing.
enum class EndReason : std::uint64_t {
    None = 0,
    // Not what the image's hash tree names. Detail: the page of 4 KiB, or whole_program for its
    // size.
    ProgramChanged = 1,
    // It met what it does not go on from, and has logged what. Detail: the number in that line.
    GaveUp = 2,
};
inline constexpr std::uint64_t whole_program = ~0ULL;

struct Shape {
    Call call;
    Answer answer;
    std::array<Argument, 6> arguments;
};

// What EpollCtl does, Linux UAPI, linux/eventpoll.h.
enum class EpollChange : std::uint64_t { Add = 1, Delete = 2, Modify = 3 };

// What EpollWait fills its buffer with. The place is the word that came with EpollCtl.
struct EpollEvent {
    std::uint64_t place;
    std::uint32_t events;
    std::uint32_t padding;
};

using enum Argument;

// One row per call that names a descriptor: the shim marshals and the host checks by the same row.
// NOLINTBEGIN(modernize-use-designated-initializers): a table, one row a line
inline constexpr std::array shapes{
    Shape{Call::Read, Answer::Size, {Handle, Out}},
    Shape{Call::Write, Answer::Sent, {Handle, In}},
    Shape{Call::Close, Answer::Nothing, {Handle}},
    Shape{Call::Fstat, Answer::Nothing, {Handle, Out}},
    Shape{Call::Lseek, Answer::Value, {Handle, Value, Value}},
    Shape{Call::Ioctl, Answer::Value, {Handle, Value, InOut}},
    Shape{Call::Pread, Answer::Size, {Handle, Out, Value}},
    Shape{
        Call::Pwrite, Answer::Sent, {Handle, In, Value, Value}
    }, // offset, -1: the file's own; flags of pwritev2
    Shape{Call::Socket, Answer::Handle, {Value, Value, Value}},
    Shape{Call::Connect, Answer::Nothing, {Handle, In}},
    Shape{Call::SendTo, Answer::Sent, {Handle, In, Value, In}},
    // With MSG_TRUNC, too: a program must not be told of more bytes than it has.
    Shape{Call::RecvFrom, Answer::Size, {Handle, Out, Value, Out, InOut}},
    Shape{Call::Shutdown, Answer::Nothing, {Handle, Value}},
    Shape{Call::Bind, Answer::Nothing, {Handle, In}},
    Shape{Call::Listen, Answer::Nothing, {Handle, Value}},
    Shape{Call::GetSockName, Answer::Nothing, {Handle, Out, InOut}},
    Shape{Call::GetPeerName, Answer::Nothing, {Handle, Out, InOut}},
    Shape{Call::SetSockOpt, Answer::Nothing, {Handle, Value, Value, In}},
    Shape{Call::GetSockOpt, Answer::Nothing, {Handle, Value, Value, Out, InOut}},
    Shape{Call::Fcntl, Answer::Value, {Handle, Value, Value}},
    Shape{Call::Fsync, Answer::Nothing, {Handle}},
    Shape{Call::Fdatasync, Answer::Nothing, {Handle}},
    Shape{Call::Ftruncate, Answer::Nothing, {Handle, Value}},
    Shape{Call::MkdirAt, Answer::Nothing, {Handle, Path, Value}},
    Shape{Call::FstatAt, Answer::Nothing, {Handle, Path, Out, Value}},
    Shape{Call::UnlinkAt, Answer::Nothing, {Handle, Path, Value}},
    Shape{Call::LinkAt, Answer::Nothing, {Handle, Path, Handle, Path, Value}},
    Shape{Call::SymlinkAt, Answer::Nothing, {Target, Handle, Path}},
    Shape{Call::ReadlinkAt, Answer::Size, {Handle, Path, Out}},
    Shape{Call::GetDents, Answer::Size, {Handle, Out}},
    Shape{Call::Fadvise, Answer::Nothing, {Handle, Value, Value, Value}},
    Shape{Call::UtimensAt, Answer::Nothing, {Handle, Path, In, Value}},
    Shape{Call::Fallocate, Answer::Nothing, {Handle, Value, Value, Value}},
    Shape{Call::Accept, Answer::Handle, {Handle, Out, InOut, Value}},
    Shape{Call::Pipe, Answer::Nothing, {Out, Value}},
    Shape{Call::RenameAt, Answer::Nothing, {Handle, Path, Handle, Path, Value}},
    Shape{Call::Statx, Answer::Nothing, {Handle, Path, Value, Value, Out}},
    Shape{Call::OpenAt, Answer::Handle, {Handle, Path, Value, Value, Value}},
    Shape{Call::FaccessAt, Answer::Nothing, {Handle, Path, Value, Value}},
    Shape{Call::EventFd, Answer::Handle, {Value, Value}},
    Shape{Call::EpollCreate, Answer::Handle, {Value, Value}}, // nothing, flags
    Shape{Call::TimerCreate, Answer::Handle, {Value}},        // flags
    // Nanoseconds until it is readable, -1: never; it is not before, even if it was.
    Shape{Call::TimerSet, Answer::Nothing, {Handle, Value}},
    // Change, target, events, place.
    Shape{Call::EpollCtl, Answer::Nothing, {Handle, Value, Handle, Value, Value}},
    Shape{Call::EpollWait, Answer::Value, {Handle, Out, Value}}, // how many EpollEvents
};
// NOLINTEND(modernize-use-designated-initializers)

constexpr Shape const* find_shape(Call call) {
    for (auto const& shape : shapes)
        if (shape.call == call) return &shape;
    return nullptr;
}

} // namespace protocol::hostcall
