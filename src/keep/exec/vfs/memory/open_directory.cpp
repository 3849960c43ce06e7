#include "keep/exec/vfs/memory/open_directory.hpp"

#include "keep/exec/vfs/memory/open_file.hpp"
#include "keep/exec/vfs/path.hpp"

#include <utility>

namespace exec::vfs::memory {

using base::Errno;

namespace {

// Whether what is there may be opened so.
Result<void> check_existing(Inode const& inode, OpenHow how) {
    if (how.create && how.exclusive) return std::unexpected(Errno::Exist);
    if (how.create && inode.directory()) return std::unexpected(Errno::IsDir);
    if (how.directory && !inode.directory()) return std::unexpected(Errno::NotDir);
    if (inode.symbolic_link()) return std::unexpected(Errno::Loop);
    if (inode.directory() && (how.write || how.truncate)) return std::unexpected(Errno::IsDir);
    return {};
}

// Without `create`: what is there. With it: that, or a new file.
Result<Inode*> find_or_create(Tree& tree, Inode& start, std::string_view path, OpenHow how) {
    Walk walk{start, path};
    if (!how.create) {
        auto* const inode = TRY(walk.to_inode(at_end(how.follow)));
        TRY(check_existing(*inode, how));
        return inode;
    }
    bool const follow = how.follow == Follow::Yes && !how.exclusive;
    auto const place = TRY(walk.to_place(follow ? AtEnd::FollowUnlessSlash : AtEnd::Stay));
    if (place.slash && !place.dots) return std::unexpected(Errno::IsDir);
    if (place.inode != nullptr) {
        TRY(check_existing(*place.inode, how));
        return place.inode;
    }
    TRY(tree.check_writable());
    return tree.create(*place.directory, place.name, tree.empty_content());
}

std::size_t listed_size(Entry const& entry) { return 24 + entry.name.size(); }

} // namespace

Result<Node> OpenDirectory::open(std::string_view path, OpenHow how) {
    TRY(check_path(path));
    if (how.create && how.directory) return std::unexpected(Errno::Inval);
    auto* const found = TRY(find_or_create(tree(), inode(), path, how));
    if (found->directory()) return std::make_unique<OpenDirectory>(pin_.shared_tree(), *found);

    if (how.write || how.truncate) TRY(tree().check_writable());
    if (how.truncate) {
        TRY(found->content()->resize(0));
        found->modified_ns = found->changed_ns = tree().now();
    }
    return std::make_unique<OpenFile>(pin_.shared_tree(), *found, how);
}

Result<Stat> OpenDirectory::stat() const { return tree().stat(inode()); }

Result<Stat> OpenDirectory::stat(std::string_view path, Follow follow) const {
    TRY(check_path(path));
    return tree().stat(*TRY((Walk{inode(), path}.to_inode(at_end(follow)))));
}

Result<void> OpenDirectory::set_times(Times times) { return tree().set_times(inode(), times); }

Result<void> OpenDirectory::set_times(std::string_view path, Times times, Follow follow) {
    TRY(check_path(path));
    return tree().set_times(*TRY((Walk{inode(), path}.to_inode(at_end(follow)))), times);
}

Result<std::string> OpenDirectory::read_link(std::string_view path) const {
    TRY(check_path(path));
    auto* const found = TRY((Walk{inode(), path}.to_inode(AtEnd::FollowIfSlash)));
    if (!found->symbolic_link()) return std::unexpected(Errno::Inval);
    return found->target()->path;
}

Result<std::vector<Entry>> OpenDirectory::entries(std::uint64_t cookie, std::size_t room) {
    if (inode().links == 0) return std::unexpected(Errno::NoEnt);
    std::vector<Entry> list;
    std::size_t size = 0;
    auto const add = [&](std::uint64_t number, Inode const& of, std::string_view name) {
        list.push_back({
            .next = number + 1,
            .inode = of.number,
            .type = file_type(of),
            .name = std::string{name},
        });
        size += listed_size(list.back());
    };

    if (cookie == 0 && size < room) add(0, inode(), ".");
    auto const& above = inode().parent != nullptr ? *inode().parent : inode();
    if (cookie <= 1 && size < room) add(1, above, "..");
    auto const& names = *inode().names();
    for (auto at = names.from(cookie); at != names.end() && size < room; ++at)
        add(at->first, *at->second.inode, at->second.name);
    return list;
}

Result<void> OpenDirectory::sync() { return {}; }

} // namespace exec::vfs::memory
