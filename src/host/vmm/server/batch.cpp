#include "host/vmm/server/batch.hpp"

#include <algorithm>
#include <array>
#include <cerrno>

#include <linux/sock_diag.h>
#include <sys/socket.h>

namespace host::vmm {

namespace hostcall = protocol::hostcall;

namespace {

constexpr std::size_t most_bytes_ahead = 64 << 10; // of one socket
constexpr timespec between_looks{0, 10'000'000};

// How many bytes a send would surely be taken whole of. The kernel counts what it keeps beside
// them, too.
std::uint64_t room_of(int socket) {
    std::array<std::uint32_t, SK_MEMINFO_VARS> memory{};
    socklen_t size = sizeof memory;
    if (::getsockopt(socket, SOL_SOCKET, SO_MEMINFO, memory.data(), &size) != 0) return 0;
    auto const queued = memory[SK_MEMINFO_WMEM_QUEUED];
    return queued < memory[SK_MEMINFO_SNDBUF] ? (memory[SK_MEMINFO_SNDBUF] - queued) / 2 : 0;
}

} // namespace

// Safety, of both: memory of the Keep, page-aligned; words are read and written whole.
std::uint64_t volatile& Batch::word(std::size_t offset, std::uint64_t i) const {
    auto* const at = area_.data() + offset + i % hostcall::most_late * sizeof(std::uint64_t);
    return *reinterpret_cast<std::uint64_t volatile*>(at);
}

hostcall::Header volatile& Batch::header() const {
    return *reinterpret_cast<hostcall::Header volatile*>(block_.data());
}

bool Batch::flush() {
    if (area_.empty()) return false;
    std::uint64_t const count = __atomic_load_n(&header().late, __ATOMIC_ACQUIRE);
    // More than there is room for was never put down; the Keep has only itself to blame.
    if (count - carried_out_ > hostcall::most_late) carried_out_ = count;
    bool const any = carried_out_ != count;
    for (; carried_out_ != count; ++carried_out_) {
        auto const late = hostcall::Late::decode(word(0, carried_out_));
        word(hostcall::room_offset, carried_out_) = late.inside() ? send(late) : 0;
    }
    return any;
}

std::uint64_t Batch::send(hostcall::Late const& late) {
    auto const open = handles_.find(late.handle);
    if (!open) return 0;
    int const socket = (*open)->number();
    auto bytes = area_.subspan(hostcall::late_offset + late.offset, late.size);
    while (!bytes.empty()) {
        auto const n = ::send(socket, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n >= 0) {
            bytes = bytes.subspan(static_cast<std::size_t>(n));
        } else if (errno == EAGAIN && stopped_) {
            return 0;
        } else if (errno == EAGAIN) {
            // There was room, but the kernel has no memory for it: the Keep was told that these
            // bytes are sent.
            pollfd entry{.fd = socket, .events = POLLOUT, .revents = 0};
            ::ppoll(&entry, 1, &between_looks, nullptr);
        } else if (errno != EINTR) {
            (*open)->late_error = errno;
            return 0;
        }
    }
    return room_of(socket);
}

void Batch::receive(std::vector<hostcall::Polled>& polled, std::vector<Handles::Open> const& open) {
    auto const wants = [](hostcall::Polled const& entry) {
        return (entry.wanted_or_drained & hostcall::poll_ahead) != 0 && (entry.found & POLLIN) != 0;
    };
    auto const sockets = std::min<std::size_t>(
        static_cast<std::size_t>(std::ranges::count_if(polled, wants)), hostcall::most_ahead
    );
    auto room = area_.empty() ? area_ : area_.subspan(hostcall::ahead_offset, hostcall::ahead_size);
    auto const share = std::min(room.size() / std::max<std::size_t>(sockets, 1), most_bytes_ahead);
    std::size_t served = 0;
    for (std::size_t i = 0; i < polled.size(); ++i) {
        auto& entry = polled[i];
        bool const wanted = wants(entry) && served < sockets && open[i]->late_error == 0;
        entry.handle_or_ahead = 0;
        entry.wanted_or_drained = 0;
        if (!wanted) continue;
        auto const n =
            ::recv(open[i]->number(), room.data(), std::min(share, room.size()), MSG_DONTWAIT);
        // The end of a stream is there for the next call, too; an error is told once. A listener
        // has nothing to be received.
        if (n < 0 && errno != EAGAIN && errno != EINTR && errno != ENOTCONN)
            open[i]->late_error = errno;
        if (n <= 0) continue;
        ++served;
        entry.handle_or_ahead = static_cast<std::int32_t>(n);
        entry.wanted_or_drained = static_cast<std::size_t>(n) < share ? 1 : 0;
        room = room.subspan(static_cast<std::size_t>(n));
    }
}

bool Batch::tell_room(int socket) {
    if (area_.empty()) return false;
    auto const room = room_of(socket);
    header().room = room;
    return room != 0;
}

void Batch::announce(bool looked_for) {
    header().late_ok = looked_for ? 1 : 0;
    __atomic_thread_fence(__ATOMIC_SEQ_CST); // before the last look at the records
}

} // namespace host::vmm
