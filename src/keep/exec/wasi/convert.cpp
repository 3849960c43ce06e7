#include "keep/exec/wasi/convert.hpp"

#include <algorithm>
#include <array>

namespace exec::wasi {

namespace {

using Host = base::Errno;

struct Pair {
    constexpr Pair(Host from, Errno to) : host{from}, guest{to} {}

    Host host;
    Errno guest;
};

// In the order of the host's numbers, to be searched by halves.
constexpr std::array pairs{
    Pair{Host::Perm, Errno::Perm},
    Pair{Host::NoEnt, Errno::NoEnt},
    Pair{Host::Intr, Errno::Intr},
    Pair{Host::Io, Errno::Io},
    Pair{Host::NxIo, Errno::NxIo},
    Pair{Host::TooBig, Errno::TooBig},
    Pair{Host::NoExec, Errno::NoExec},
    Pair{Host::BadF, Errno::BadF},
    Pair{Host::Child, Errno::Child},
    Pair{Host::Again, Errno::Again},
    Pair{Host::NoMem, Errno::NoMem},
    Pair{Host::Access, Errno::Access},
    Pair{Host::Fault, Errno::Fault},
    Pair{Host::Busy, Errno::Busy},
    Pair{Host::Exist, Errno::Exist},
    Pair{Host::XDev, Errno::XDev},
    Pair{Host::NoDev, Errno::NoDev},
    Pair{Host::NotDir, Errno::NotDir},
    Pair{Host::IsDir, Errno::IsDir},
    Pair{Host::Inval, Errno::Inval},
    Pair{Host::NFile, Errno::NFile},
    Pair{Host::MFile, Errno::MFile},
    Pair{Host::NoTty, Errno::NoTty},
    Pair{Host::TxtBsy, Errno::TxtBsy},
    Pair{Host::FBig, Errno::FBig},
    Pair{Host::NoSpc, Errno::NoSpc},
    Pair{Host::SPipe, Errno::SPipe},
    Pair{Host::RoFs, Errno::RoFs},
    Pair{Host::MLink, Errno::MLink},
    Pair{Host::Pipe, Errno::Pipe},
    Pair{Host::Dom, Errno::Dom},
    Pair{Host::Range, Errno::Range},
    Pair{Host::DeadLk, Errno::DeadLk},
    Pair{Host::NameTooLong, Errno::NameTooLong},
    Pair{Host::NoLck, Errno::NoLck},
    Pair{Host::NoSys, Errno::NoSys},
    Pair{Host::NotEmpty, Errno::NotEmpty},
    Pair{Host::Loop, Errno::Loop},
    Pair{Host::NoLink, Errno::NoLink},
    Pair{Host::Proto, Errno::Proto},
    Pair{Host::MultiHop, Errno::MultiHop},
    Pair{Host::BadMsg, Errno::BadMsg},
    Pair{Host::Overflow, Errno::Overflow},
    Pair{Host::IlSeq, Errno::IlSeq},
    Pair{Host::NotSock, Errno::NotSock},
    Pair{Host::DestAddrReq, Errno::DestAddrReq},
    Pair{Host::MsgSize, Errno::MsgSize},
    Pair{Host::Prototype, Errno::Prototype},
    Pair{Host::NoProtoOpt, Errno::NoProtoOpt},
    Pair{Host::ProtoNoSupport, Errno::ProtoNoSupport},
    Pair{Host::NotSup, Errno::NotSup},
    Pair{Host::AfNoSupport, Errno::AfNoSupport},
    Pair{Host::AddrInUse, Errno::AddrInUse},
    Pair{Host::AddrNotAvail, Errno::AddrNotAvail},
    Pair{Host::NetDown, Errno::NetDown},
    Pair{Host::NetUnreach, Errno::NetUnreach},
    Pair{Host::NetReset, Errno::NetReset},
    Pair{Host::ConnAborted, Errno::ConnAborted},
    Pair{Host::ConnReset, Errno::ConnReset},
    Pair{Host::NoBufs, Errno::NoBufs},
    Pair{Host::IsConn, Errno::IsConn},
    Pair{Host::NotConn, Errno::NotConn},
    Pair{Host::TimedOut, Errno::TimedOut},
    Pair{Host::ConnRefused, Errno::ConnRefused},
    Pair{Host::HostUnreach, Errno::HostUnreach},
    Pair{Host::Already, Errno::Already},
    Pair{Host::InProgress, Errno::InProgress},
    Pair{Host::Stale, Errno::Stale},
    Pair{Host::DQuot, Errno::DQuot},
    Pair{Host::Canceled, Errno::Canceled},
    Pair{Host::OwnerDead, Errno::OwnerDead},
    Pair{Host::NotRecoverable, Errno::NotRecoverable},
};
static_assert(std::ranges::is_sorted(pairs, {}, &Pair::host));

std::uint64_t nanoseconds(timespec time) {
    constexpr std::int64_t second = 1'000'000'000;
    if (time.tv_sec < 0 || time.tv_sec > INT64_MAX / second - 1) return 0;
    return static_cast<std::uint64_t>((time.tv_sec * second) + time.tv_nsec);
}

} // namespace

Errno to_wasi(base::Errno error) {
    auto const* const found = std::ranges::lower_bound(pairs, error, {}, &Pair::host);
    if (found == pairs.end() || found->host != error) return Errno::Io;
    return found->guest;
}

FileType to_wasi(vfs::FileType type) {
    switch (type) {
    case vfs::FileType::Unknown:
        return FileType::Unknown;
    case vfs::FileType::BlockDevice:
        return FileType::BlockDevice;
    case vfs::FileType::CharacterDevice:
        return FileType::CharacterDevice;
    case vfs::FileType::Directory:
        return FileType::Directory;
    case vfs::FileType::RegularFile:
        return FileType::RegularFile;
    case vfs::FileType::SocketDatagram:
        return FileType::SocketDatagram;
    case vfs::FileType::SocketStream:
        return FileType::SocketStream;
    case vfs::FileType::SymbolicLink:
        return FileType::SymbolicLink;
    }
    return FileType::Unknown;
}

FileStat to_wasi(vfs::Stat const& stat) {
    return {
        .device = stat.device,
        .inode = stat.inode,
        .type = to_wasi(stat.type),
        .padding = {},
        .links = stat.links,
        .size = stat.size,
        .accessed_ns = stat.accessed_ns,
        .modified_ns = stat.modified_ns,
        .changed_ns = stat.changed_ns,
    };
}

FileType type_of(struct ::stat const& stat) {
    switch (stat.st_mode & S_IFMT) {
    case S_IFBLK:
        return FileType::BlockDevice;
    case S_IFCHR:
        return FileType::CharacterDevice;
    case S_IFDIR:
        return FileType::Directory;
    case S_IFREG:
        return FileType::RegularFile;
    case S_IFSOCK:
        return FileType::SocketStream;
    default:
        return FileType::Unknown; // a pipe among them: WASI has no type for it
    }
}

FileStat to_wasi(struct ::stat const& stat) {
    return {
        .device = stat.st_dev,
        .inode = stat.st_ino,
        .type = type_of(stat),
        .padding = {},
        .links = stat.st_nlink,
        .size = static_cast<std::uint64_t>(std::max<off_t>(stat.st_size, 0)),
        .accessed_ns = nanoseconds(stat.st_atim),
        .modified_ns = nanoseconds(stat.st_mtim),
        .changed_ns = nanoseconds(stat.st_ctim),
    };
}

} // namespace exec::wasi
