#include "keep/exec/vfs/host/listing.hpp"

#include "keep/exec/vfs/host/convert.hpp"
#include "keep/exec/vfs/host/spelling.hpp"
#include "keep/exec/vfs/path.hpp"
#include "os/check.hpp"

#include <cstring>
#include <string_view>

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

namespace exec::vfs::host {

using base::Errno;

namespace {

constexpr std::size_t block_size = 32UZ * 1024;

// getdents64(2): d_ino, d_off, d_reclen, d_type, then the name.
constexpr std::size_t name_at = offsetof(::dirent64, d_name);

// A name that names something in this very directory.
bool usable(std::string_view name) {
    return !name.empty() && name.size() <= longest_name && !name.contains('/');
}

FileType type_by_name(os::Fd const& directory, std::string const& name) {
    struct ::stat stat{};
    auto const answer = ::fstatat(directory.number(), name.c_str(), &stat, AT_SYMLINK_NOFOLLOW);
    return answer < 0 ? FileType::Unknown : type_of_mode(stat.st_mode);
}

} // namespace

// Reads the next block; false: there is none.
Result<bool> Listing::fill(os::Fd const& directory) {
    block_.resize(block_size);
    at_ = size_ = 0;
    auto const count =
        TRY(os::check(::getdents64(directory.number(), block_.data(), block_.size())));
    size_ = static_cast<std::size_t>(count);
    if (size_ > block_.size()) return std::unexpected(Errno::Proto);
    return size_ > 0;
}

// The next entry of the block, which is checked like anything that the host says. An empty name:
// not to be told.
Result<Entry> Listing::take(os::Fd const& directory) {
    auto const rest = std::span{block_}.first(size_).subspan(at_);
    if (rest.size() <= name_at) return std::unexpected(Errno::Proto);
    ::dirent64 head{};
    std::memcpy(&head, rest.data(), name_at);
    if (head.d_reclen <= name_at || head.d_reclen > rest.size())
        return std::unexpected(Errno::Proto);
    // Safety: the name lies within d_reclen, which lies within the block; strnlen stays inside.
    auto const* const text = reinterpret_cast<char const*>(rest.data() + name_at);
    std::string_view const name{text, ::strnlen(text, head.d_reclen - name_at)};
    at_ += head.d_reclen;
    next_ = cookies_.of(static_cast<std::uint64_t>(head.d_off));

    Entry entry{.next = next_, .inode = head.d_ino, .type = type_of_entry(head.d_type), .name = {}};
    if (!usable(name)) return entry;
    entry.name = shown(name);
    if (head.d_type == DT_UNKNOWN) entry.type = type_by_name(directory, std::string{name});
    return entry;
}

Result<std::vector<Entry>>
Listing::entries(os::Fd const& directory, std::uint64_t cookie, std::size_t room) {
    // Going on where the last call stopped needs no system call; from the start it is read anew.
    if (cookie == 0 || cookie != next_) {
        auto const position = static_cast<::off_t>(TRY(cookies_.position(cookie)));
        TRY(os::check(::lseek(directory.number(), position, SEEK_SET)));
        at_ = size_ = 0;
        next_ = cookie;
    }
    std::vector<Entry> list;
    for (std::size_t size = 0; size < room;) {
        if (at_ == size_ && !TRY(fill(directory))) break;
        auto entry = TRY(take(directory));
        if (entry.name.empty()) continue;
        size += 24 + entry.name.size();
        list.push_back(std::move(entry));
    }
    return list;
}

} // namespace exec::vfs::host
