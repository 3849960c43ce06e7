// What a program asks about a file.

#include "keep/shim/system_call/forward.hpp"

namespace shim::system_call {

namespace {

constexpr std::uint64_t at_empty_path = 0x1000;
constexpr std::size_t extended_status_size = 256;

// struct stat of x86-64 (Linux UAPI, asm/stat.h).
struct Status {
    std::uint64_t device, inode, links;
    std::uint32_t mode, user, group, padding;
    std::uint64_t special_device;
    std::int64_t size, block_size, blocks;
    std::array<std::uint64_t, 6> times;
    std::array<std::int64_t, 3> unused;
};
static_assert(sizeof(Status) == 144);

// Stores what the shim itself knows of the first argument; false where only the host knows.
base::Result<bool> store_own_status(SystemCall const& call, std::uint64_t at) {
    auto const file = TRY(call.kernel.files.find(call[0]));
    if (file.kind == File::Kind::Host && file.mode == 0) return false;
    Status status{};
    status.links = 1;
    status.mode = file.mode;
    status.size = static_cast<std::int64_t>(file.size);
    status.block_size = hw::page_size;
    status.blocks = static_cast<std::int64_t>(round_up(file.size, 512) / 512);
    status.inode = file.place;
    TRY(call.kernel.user.store(at, status));
    return true;
}

} // namespace

Reply fstat(SystemCall const& call) {
    if (TRY(store_own_status(call, call[1]))) return 0;
    Forward forward{call, Call::Fstat};
    TRY(forward.handle(call[0]));
    TRY(forward.out(call[1], sizeof(Status)));
    return forward.send();
}

Reply newfstatat(SystemCall const& call) {
    bool const itself =
        (call[3] & at_empty_path) != 0 && TRY(call.kernel.user.load<char>(call[1])) == '\0';
    if (itself && TRY(store_own_status(call, call[2]))) return 0;
    Forward forward{call, Call::FstatAt};
    TRY(forward.below(0));
    TRY(forward.out(call[2], sizeof(Status)));
    forward.value(call[3]);
    return forward.send();
}

Reply statx(SystemCall const& call) {
    Forward forward{call, Call::Statx};
    TRY(forward.below(0));
    forward.value(call[2]);
    forward.value(call[3]);
    TRY(forward.out(call[4], extended_status_size));
    return forward.send();
}

} // namespace shim::system_call
