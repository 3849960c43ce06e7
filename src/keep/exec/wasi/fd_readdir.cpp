// The entries of a directory.

#include "keep/exec/wasi/convert.hpp"
#include "keep/exec/wasi/functions.hpp"
#include "keep/exec/wasi/resolve.hpp"

#include <algorithm>

namespace exec::wasi {

namespace {

// The application's buffer. What does not fit is cut off: a buffer full to the end says that there
// is more.
class Listing {
public:
    explicit Listing(std::span<std::byte> room) : room_{room} {}

    void add(vfs::Entry const& entry) {
        DirEntry const header{
            .next = entry.next,
            .inode = entry.inode,
            .name_length = static_cast<std::uint32_t>(entry.name.size()),
            .type = to_wasi(entry.type),
            .padding = {},
        };
        add(std::as_bytes(std::span{&header, 1}));
        add(std::as_bytes(std::span{entry.name}));
    }

    std::size_t used() const { return used_; }
    std::size_t left() const { return room_.size() - used_; }

private:
    void add(std::span<std::byte const> bytes) {
        auto const some = bytes.first(std::min(bytes.size(), left()));
        std::ranges::copy(some, room_.subspan(used_).begin());
        used_ += some.size();
    }

    std::span<std::byte> room_;
    std::size_t used_ = 0;
};

} // namespace

Result<void> fd_readdir(
    Context& context,
    GuestMemory memory,
    Fd fd,
    Pointer<std::byte> buffer,
    std::uint32_t length,
    std::uint64_t cookie,
    Pointer<std::uint32_t> out
) {
    auto* const directory = TRY(directory_of(context, fd, right::fd_readdir));
    Listing listing{TRY(memory.bytes(buffer, length))};
    TRY(memory.check(out));
    while (listing.left() > 0) {
        auto const entries = TRY(to_wasi(directory->directory->entries(cookie, listing.left())));
        if (entries.empty()) break;
        for (auto const& entry : entries) listing.add(entry);
        cookie = entries.back().next;
    }
    return memory.write(out, static_cast<std::uint32_t>(listing.used()));
}

} // namespace exec::wasi
