#include "keep/exec/vfs/memory/tree.hpp"

#include "keep/exec/vfs/path.hpp"

#include <array>
#include <utility>

namespace exec::vfs::memory {

using base::Errno;

FileType file_type(Inode const& inode) {
    static constexpr std::array types{
        FileType::RegularFile, FileType::Directory, FileType::SymbolicLink
    };
    return types.at(inode.body.index());
}

Tree::Tree(MemoryOptions options)
    : options_{std::move(options)},
      bytes_{options_.max_bytes, options_.within},
      names_{{}, options_.within},
      files_{options_.max_files},
      root_{&make(Names{})} {
    root_->links = 2; // its "." and its ".."
}

Result<void> Tree::check_writable() const {
    if (read_only_) return std::unexpected(Errno::RoFs);
    return {};
}

Inode& Tree::make(Inode::Body body) {
    auto& inode = inodes_.emplace_back(next_number_++, std::move(body), now());
    inode.self = std::prev(inodes_.end());
    return inode;
}

Result<void> Tree::check_new_name(Inode const& directory, std::string_view name) {
    if (directory.links == 0) return std::unexpected(Errno::NoEnt);
    if (name.size() > longest_name) return std::unexpected(Errno::NameTooLong);
    if (!files_.take(1)) return std::unexpected(Errno::NoSpc);
    if (names_.take(bytes_of_a_name)) return {};
    files_.give_back(1);
    return std::unexpected(Errno::NoSpc);
}

void Tree::give_back_name() {
    files_.give_back(1);
    names_.give_back(bytes_of_a_name);
}

Result<Inode*> Tree::create(Inode& directory, std::string_view name, Inode::Body body) {
    TRY(check_new_name(directory, name));
    auto& inode = make(std::move(body));
    this->name(directory, name, inode);
    return &inode;
}

Result<void> Tree::link(Inode& directory, std::string_view name, Inode& inode) {
    TRY(check_new_name(directory, name));
    this->name(directory, name, inode);
    return {};
}

void Tree::unlink(Inode& directory, std::string_view name) {
    auto& inode = *directory.names()->find(name);
    directory.names()->remove(name);
    give_back_name();
    touch(directory);
    lose_name(directory, inode);
}

void Tree::rename(Inode& from, std::string_view from_name, Inode& to, std::string_view to_name) {
    auto& moved = *from.names()->find(from_name);
    auto* const replaced = to.names()->find(to_name);
    if (replaced != nullptr) {
        to.names()->replace(to_name, moved);
        give_back_name();
        lose_name(to, *replaced);
    } else {
        to.names()->add(to_name, moved);
    }
    from.names()->remove(from_name);
    if (moved.directory()) {
        --from.links;
        ++to.links;
        moved.parent = &to;
    }
    touch(from);
    touch(to);
    moved.changed_ns = now();
}

void Tree::name(Inode& directory, std::string_view name, Inode& inode) {
    directory.names()->add(name, inode);
    ++inode.links;
    if (inode.directory()) {
        ++inode.links;
        ++directory.links;
        inode.parent = &directory;
    }
    touch(directory);
    inode.changed_ns = directory.changed_ns;
}

void Tree::lose_name(Inode& directory, Inode& inode) {
    --inode.links;
    if (inode.directory()) {
        --inode.links;
        --directory.links;
        inode.parent = nullptr;
    }
    inode.changed_ns = now();
    free_if_unused(inode);
}

void Tree::touch(Inode& directory) const { directory.modified_ns = directory.changed_ns = now(); }

void Tree::unpin(Inode& inode) {
    --inode.pins;
    free_if_unused(inode);
}

void Tree::free_if_unused(Inode& inode) {
    if (inode.links > 0 || inode.pins > 0) return;
    if (auto const* const target = inode.target()) bytes_.give_back(target->path.size());
    inodes_.erase(inode.self);
}

Stat Tree::stat(Inode const& inode) const {
    std::uint64_t size = 0;
    if (auto const* const content = std::get_if<Content>(&inode.body)) size = content->size();
    if (auto const* const target = std::get_if<Target>(&inode.body)) size = target->path.size();
    return {
        .device = options_.device,
        .inode = inode.number,
        .type = file_type(inode),
        .links = inode.links,
        .size = size,
        .accessed_ns = inode.accessed_ns,
        .modified_ns = inode.modified_ns,
        .changed_ns = inode.changed_ns,
    };
}

Result<void> Tree::set_times(Inode& inode, Times times) const {
    TRY(check_writable());
    if (times.accessed_ns) inode.accessed_ns = *times.accessed_ns;
    if (times.modified_ns) inode.modified_ns = *times.modified_ns;
    inode.changed_ns = now();
    return {};
}

} // namespace exec::vfs::memory
