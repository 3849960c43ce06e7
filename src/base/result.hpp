#pragma once

// How every fallible function of the project returns.

#include <expected>
#include <utility>

namespace base {

// Linux error numbers (uapi/asm-generic/errno.h): what a system call answers and what a host call
// carries.
enum class Errno : int {
    Perm = 1,
    NoEnt = 2,
    Intr = 4,
    Io = 5,
    NxIo = 6,
    TooBig = 7,
    NoExec = 8,
    BadF = 9,
    Child = 10,
    Again = 11,
    NoMem = 12,
    Access = 13,
    Fault = 14,
    Busy = 16,
    Exist = 17,
    XDev = 18,
    NoDev = 19,
    NotDir = 20,
    IsDir = 21,
    Inval = 22,
    NFile = 23,
    MFile = 24,
    NoTty = 25,
    TxtBsy = 26,
    FBig = 27,
    NoSpc = 28,
    SPipe = 29,
    RoFs = 30,
    MLink = 31,
    Pipe = 32,
    Dom = 33,
    Range = 34,
    DeadLk = 35,
    NameTooLong = 36,
    NoLck = 37,
    NoSys = 38,
    NotEmpty = 39,
    Loop = 40,
    NoLink = 67,
    Proto = 71,
    MultiHop = 72,
    BadMsg = 74,
    Overflow = 75,
    IlSeq = 84,
    NotSock = 88,
    DestAddrReq = 89,
    MsgSize = 90,
    Prototype = 91,
    NoProtoOpt = 92,
    ProtoNoSupport = 93,
    NotSup = 95,
    AfNoSupport = 97,
    AddrInUse = 98,
    AddrNotAvail = 99,
    NetDown = 100,
    NetUnreach = 101,
    NetReset = 102,
    ConnAborted = 103,
    ConnReset = 104,
    NoBufs = 105,
    IsConn = 106,
    NotConn = 107,
    TimedOut = 110,
    ConnRefused = 111,
    HostUnreach = 113,
    Already = 114,
    InProgress = 115,
    Stale = 116,
    DQuot = 122,
    Canceled = 125,
    OwnerDead = 130,
    NotRecoverable = 131,
};

// std::expected, but the compiler warns when one is dropped.
template <class T, class E = Errno> struct [[nodiscard]] Result : std::expected<T, E> {
    using std::expected<T, E>::expected;
};

} // namespace base

// The value of a Result; or leaves the function with its error. Do not nest two in one expression.
#define TRY(expr)                                                                                  \
    ({                                                                                             \
        auto&& try_result_ = (expr);                                                               \
        if (!try_result_) [[unlikely]]                                                             \
            return std::unexpected(std::move(try_result_).error());                                \
        *std::move(try_result_);                                                                   \
    })
