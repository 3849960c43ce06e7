// What changes the names of a memory mount: directories made and removed, files unlinked, renamed
// and linked.

#include "keep/exec/vfs/memory/open_directory.hpp"
#include "keep/exec/vfs/path.hpp"

#include <utility>

namespace exec::vfs::memory {

using base::Errno;

namespace {

// Where a name may be put that is not there yet. `directory`: of a directory, whose path may end in
// slashes.
Result<Place> new_place(Walk& walk, bool directory) {
    auto const place = TRY(walk.to_place(AtEnd::Stay));
    if (place.inode != nullptr) return std::unexpected(Errno::Exist);
    if (place.slash && !directory) return std::unexpected(missing(*place.directory, place.name));
    return place;
}

bool is_or_lies_below(Inode const& inode, Inode const& top) {
    for (auto const* at = &inode; at != nullptr; at = at->parent)
        if (at == &top) return true;
    return false;
}

Result<void> check_replaced(Inode& moved, Inode& replaced) {
    if (moved.directory() && !replaced.directory()) return std::unexpected(Errno::NotDir);
    if (!moved.directory() && replaced.directory()) return std::unexpected(Errno::IsDir);
    if (replaced.directory() && !replaced.names()->empty()) return std::unexpected(Errno::NotEmpty);
    return {};
}

Result<void> check_room_for_name(Place const& place) {
    if (place.directory->links == 0) return std::unexpected(Errno::NoEnt);
    if (place.name.size() > longest_name) return std::unexpected(Errno::NameTooLong);
    return {};
}

// The rules of rename(2), in Linux's order.
Result<void> check_rename(Place const& from, Place const& to) {
    if (from.dots || to.dots) return std::unexpected(Errno::Busy);
    if (from.inode == nullptr) return std::unexpected(missing(*from.directory, from.name));
    TRY(check_room_for_name(to));
    if (!from.inode->directory() && (from.slash || to.slash)) return std::unexpected(Errno::NotDir);
    if (from.inode->directory() && is_or_lies_below(*to.directory, *from.inode))
        return std::unexpected(Errno::Inval);
    if (to.inode == nullptr || to.inode == from.inode) return {};
    if (is_or_lies_below(*from.directory, *to.inode)) return std::unexpected(Errno::NotEmpty);
    return check_replaced(*from.inode, *to.inode);
}

} // namespace

Result<OpenDirectory*> OpenDirectory::same_mount(Directory& other) const {
    auto* const directory = dynamic_cast<OpenDirectory*>(&other);
    if (directory == nullptr || &directory->tree() != &tree()) return std::unexpected(Errno::XDev);
    return directory;
}

Result<void> OpenDirectory::create_directory(std::string_view path) {
    TRY(check_path(path));
    Walk walk{inode(), path};
    auto const place = TRY(new_place(walk, true));
    TRY(tree().check_writable());
    TRY(tree().create(*place.directory, place.name, Names{}));
    return {};
}

Result<void> OpenDirectory::remove_directory(std::string_view path) {
    TRY(check_path(path));
    TRY(tree().check_writable());
    Walk walk{inode(), path};
    auto const place = TRY(walk.to_place(AtEnd::Stay));
    if (place.name == ".") return std::unexpected(Errno::Inval);
    if (place.name == "..") return std::unexpected(Errno::NotEmpty);
    if (place.inode == nullptr) return std::unexpected(missing(*place.directory, place.name));
    if (!place.inode->directory()) return std::unexpected(Errno::NotDir);
    if (!place.inode->names()->empty()) return std::unexpected(Errno::NotEmpty);
    tree().unlink(*place.directory, place.name);
    return {};
}

Result<void> OpenDirectory::unlink(std::string_view path) {
    TRY(check_path(path));
    TRY(tree().check_writable());
    Walk walk{inode(), path};
    auto const place = TRY(walk.to_place(AtEnd::Stay));
    if (place.inode == nullptr) return std::unexpected(missing(*place.directory, place.name));
    if (place.inode->directory()) return std::unexpected(Errno::IsDir);
    if (place.slash) return std::unexpected(Errno::NotDir);
    tree().unlink(*place.directory, place.name);
    return {};
}

Result<void> OpenDirectory::rename(std::string_view from, Directory& to, std::string_view to_path) {
    TRY(check_path(from));
    TRY(check_path(to_path));
    auto* const to_directory = TRY(same_mount(to));
    TRY(tree().check_writable());
    Walk from_walk{inode(), from};
    Walk to_walk{to_directory->inode(), to_path};
    auto const source = TRY(from_walk.to_place(AtEnd::Stay));
    auto const target = TRY(to_walk.to_place(AtEnd::Stay));
    TRY(check_rename(source, target));
    if (source.inode == target.inode) return {};
    tree().rename(*source.directory, source.name, *target.directory, target.name);
    return {};
}

Result<void>
OpenDirectory::link(std::string_view from, Follow follow, Directory& to, std::string_view to_path) {
    TRY(check_path(from));
    TRY(check_path(to_path));
    auto* const to_directory = TRY(same_mount(to));
    auto* const linked = TRY((Walk{inode(), from}.to_inode(at_end(follow))));
    Walk walk{to_directory->inode(), to_path};
    auto const place = TRY(new_place(walk, false));
    TRY(tree().check_writable());
    if (linked->directory()) return std::unexpected(Errno::Perm);
    if (linked->links == 0) return std::unexpected(Errno::NoEnt);
    return tree().link(*place.directory, place.name, *linked);
}

Result<void> OpenDirectory::symlink(std::string_view target, std::string_view path) {
    TRY(check_target(target));
    TRY(check_path(path));
    Walk walk{inode(), path};
    auto const place = TRY(new_place(walk, false));
    TRY(tree().check_writable());
    if (!tree().bytes().take(target.size())) return std::unexpected(Errno::NoSpc);
    auto const made = tree().create(*place.directory, place.name, Target{std::string{target}});
    if (!made) {
        tree().bytes().give_back(target.size());
        return std::unexpected(made.error());
    }
    return {};
}

} // namespace exec::vfs::memory
