#include "host/vmm/server/rights.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace host::vmm {

using base::Errno;
using protocol::hostcall::Call;

namespace {

// What an open file cannot do that was opened to be read, has an errno of its own.
Errno refusal(Call call, unsigned i) {
    switch (call) {
    case Call::Write:
    case Call::Pwrite:
    case Call::Fallocate:
        return Errno::BadF;
    case Call::Ftruncate:
        return Errno::Inval;
    case Call::LinkAt:
        return i == 0 ? Errno::XDev : Errno::RoFs;
    default:
        return Errno::RoFs;
    }
}

// Flags of open(2) with which a file is made or changed, or can be through what is opened.
bool opens_to_change(int flags) {
    if ((flags & O_PATH) != 0) return false; // of these two flags the kernel then looks at none
    return (flags & O_ACCMODE) != O_RDONLY || (flags & (O_CREAT | O_TRUNC)) != 0 ||
           (flags & O_TMPFILE) == O_TMPFILE;
}

bool wants_change(Request const& request) {
    if (request.call() == Call::OpenAt) return opens_to_change(request.number(2));
    if (request.call() == Call::FaccessAt) return (request.number(2) & W_OK) != 0;
    return true;
}

// Calls that change nothing that lies in a folder. One that is not named here is none of them.
bool harmless(Call call) {
    switch (call) {
    case Call::Read:
    case Call::Pread:
    case Call::Close:
    case Call::Fstat:
    case Call::Lseek:
    case Call::Ioctl: // those that the server knows ask, or say whether a call waits
    case Call::Fcntl: // the same
    case Call::Fsync:
    case Call::Fdatasync:
    case Call::Fadvise:
    case Call::GetDents:
    case Call::FstatAt:
    case Call::Statx:
    case Call::ReadlinkAt:
    // For sockets, which no folder gives out.
    case Call::Socket:
    case Call::Connect:
    case Call::SendTo:
    case Call::RecvFrom:
    case Call::Shutdown:
    case Call::Bind:
    case Call::Listen:
    case Call::GetSockName:
    case Call::GetPeerName:
    case Call::SetSockOpt:
    case Call::GetSockOpt:
    case Call::Accept:
    // For what the host makes for the Keep.
    case Call::EventFd:
    case Call::EpollCreate:
    case Call::EpollCtl:
    case Call::EpollWait:
    case Call::TimerCreate:
    case Call::TimerSet:
    case Call::Pipe:
    case Call::Poll:
        return true;
    default:
        return false;
    }
}

} // namespace

bool changes(Call call, unsigned i) {
    switch (call) {
    case Call::Write:
    case Call::Pwrite:
    case Call::Ftruncate:
    case Call::Fallocate:
    case Call::OpenAt:    // with the flags for it
    case Call::FaccessAt: // says whether one could
    case Call::MkdirAt:
    case Call::UnlinkAt:
    case Call::UtimensAt:
        return i == 0;
    case Call::SymlinkAt:
        return i == 1;
    case Call::LinkAt: // a link elsewhere would be opened with the rights that hold there
    case Call::RenameAt:
        return i == 0 || i == 2;
    default:
        return !harmless(call);
    }
}

base::Result<void> check_rights(Request const& request) {
    for (unsigned i = 0; i < protocol::hostcall::max_arguments; ++i) {
        auto const& open = request.open(i);
        if (open && open->read_only() && changes(request.call(), i) && wants_change(request))
            return std::unexpected(refusal(request.call(), i));
    }
    return {};
}

} // namespace host::vmm
