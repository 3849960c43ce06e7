#pragma once

// An open directory of a memory mount.

#include "keep/exec/vfs/memory/tree.hpp"
#include "keep/exec/vfs/memory/walk.hpp"

namespace exec::vfs::memory {

class OpenDirectory : public Directory {
public:
    // `inode` is a directory's.
    OpenDirectory(std::shared_ptr<Tree> tree, Inode& inode) : pin_{std::move(tree), inode} {}

    Result<Node> open(std::string_view path, OpenHow how) override;
    Result<Stat> stat() const override;
    Result<Stat> stat(std::string_view path, Follow follow) const override;
    Result<void> set_times(Times times) override;
    Result<void> set_times(std::string_view path, Times times, Follow follow) override;
    Result<void> create_directory(std::string_view path) override;
    Result<void> remove_directory(std::string_view path) override;
    Result<void> unlink(std::string_view path) override;
    Result<void> rename(std::string_view from, Directory& to, std::string_view to_path) override;
    Result<void>
    link(std::string_view from, Follow follow, Directory& to, std::string_view to_path) override;
    Result<void> symlink(std::string_view target, std::string_view path) override;
    Result<std::string> read_link(std::string_view path) const override;
    Result<std::vector<Entry>> entries(std::uint64_t cookie, std::size_t room) override;
    Result<void> sync() override;

private:
    Tree& tree() const { return pin_.tree(); }
    Inode& inode() const { return pin_.inode(); }
    Result<OpenDirectory*> same_mount(Directory& other) const;

    Pin pin_;
};

} // namespace exec::vfs::memory
