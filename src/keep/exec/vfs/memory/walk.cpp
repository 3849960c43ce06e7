#include "keep/exec/vfs/memory/walk.hpp"

#include "keep/exec/vfs/path.hpp"

#include <algorithm>

namespace exec::vfs::memory {

using base::Errno;

namespace {

bool dots(std::string_view name) { return name == "." || name == ".."; }

} // namespace

Errno missing(Inode const& directory, std::string_view name) {
    bool const removed = directory.links == 0;
    return !removed && name.size() > longest_name ? Errno::NameTooLong : Errno::NoEnt;
}

// What `name` is in the directory reached so far; nullptr if there is nothing.
Result<Inode*> Walk::step(std::string_view name) {
    if (name == ".") return at_;
    if (name == "..") {
        if (at_ == start_) return std::unexpected(Errno::Perm);
        return at_->parent;
    }
    return at_->names()->find(name);
}

// Goes on with what the link says, then with what came behind it.
Result<void> Walk::follow(Target const& target, std::string_view behind) {
    if (links_++ >= most_links) return std::unexpected(Errno::Loop);
    if (target.path.front() == '/') return std::unexpected(Errno::Perm);
    std::string path = target.path;
    path += behind;
    expanded_ = std::move(path);
    rest_ = expanded_;
    return {};
}

bool Walk::enters(AtEnd end, bool slash) {
    switch (end) {
    case AtEnd::Stay:
        return false;
    case AtEnd::FollowIfSlash:
        return slash;
    case AtEnd::FollowUnlessSlash:
        return !slash;
    case AtEnd::Follow:
        return true;
    }
    return false;
}

// One component on; at the last one, the place.
Result<std::optional<Place>> Walk::advance(AtEnd end) {
    if (!at_->directory()) return std::unexpected(Errno::NotDir);
    rest_.remove_prefix(std::min(rest_.find_first_not_of('/'), rest_.size()));
    auto const name = rest_.substr(0, rest_.find('/'));
    auto const behind = rest_.substr(name.size());
    bool const last = without_slashes(behind).empty();
    bool const slash = !behind.empty();
    auto* const next = TRY(step(name));

    if (next != nullptr && next->symbolic_link() && (!last || enters(end, slash))) {
        TRY(follow(*next->target(), behind));
        return std::nullopt;
    }
    if (last)
        return Place{
            .directory = at_,
            .name = name,
            .slash = slash,
            .inode = next,
            .dots = dots(name),
        };
    if (next == nullptr) return std::unexpected(missing(*at_, name));
    at_ = next;
    rest_ = behind;
    return std::nullopt;
}

Result<Place> Walk::to_place(AtEnd end) {
    for (;;) {
        auto const place = TRY(advance(end));
        if (place) return *place;
    }
}

Result<Inode*> Walk::to_inode(AtEnd end) {
    auto const place = TRY(to_place(end));
    if (place.inode == nullptr) return std::unexpected(missing(*place.directory, place.name));
    if (place.slash && !place.inode->directory()) return std::unexpected(Errno::NotDir);
    return place.inode;
}

} // namespace exec::vfs::memory
