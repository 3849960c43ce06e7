#pragma once

// The way from an open directory in memory along a path, as Linux goes it; never above the
// directory that it starts from.

#include "keep/exec/vfs/memory/inode.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace exec::vfs::memory {

// What to do with a symbolic link that the last component names.
enum class AtEnd : std::uint8_t { Stay, FollowIfSlash, FollowUnlessSlash, Follow };

constexpr AtEnd at_end(Follow follow) {
    return follow == Follow::Yes ? AtEnd::Follow : AtEnd::FollowIfSlash;
}

// Where a name is, or would be.
struct Place {
    Inode* directory;
    std::string_view name; // lies in the path, or in the Walk
    bool slash;            // only a directory will do
    Inode* inode;          // nullptr: there is none of that name
    bool dots;             // the name is "." or ".."
};

// Why there is nothing of that name. A removed directory does not even look at it, as in Linux.
base::Errno missing(Inode const& directory, std::string_view name);

class Walk {
public:
    // Both outlive the walk.
    Walk(Inode& start, std::string_view path) : start_{&start}, at_{&start}, rest_{path} {}

    // Up to the last component. Perm where ".." would leave the start.
    Result<Place> to_place(AtEnd end);

    // To what is there.
    Result<Inode*> to_inode(AtEnd end);

private:
    Result<std::optional<Place>> advance(AtEnd end);
    static bool enters(AtEnd end, bool slash);
    Result<Inode*> step(std::string_view name);
    Result<void> follow(Target const& target, std::string_view behind);

    Inode* start_;
    Inode* at_;
    std::string_view rest_;
    std::string expanded_;
    unsigned links_ = 0;
};

} // namespace exec::vfs::memory
