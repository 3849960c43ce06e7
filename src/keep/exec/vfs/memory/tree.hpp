#pragma once

// A memory mount as a whole: all its inodes, what they may take up, and the changes to its names
// that keep it in order.

#include "keep/exec/vfs/memory.hpp"
#include "keep/exec/vfs/memory/inode.hpp"

#include <cstdint>
#include <list>
#include <memory>
#include <string_view>

namespace exec::vfs::memory {

class Tree {
public:
    explicit Tree(MemoryOptions options);

    Inode& root() { return *root_; }
    Budget& bytes() { return bytes_; }
    Content empty_content() { return {bytes_, pieces_}; }
    std::uint64_t now() const { return options_.now(); }

    bool read_only() const { return read_only_; }
    void make_read_only() { read_only_ = true; }
    Result<void> check_writable() const;

    // A new inode named `name` in `directory`, where that name is free. NoSpc: no more files;
    // NoEnt: `directory` is removed.
    Result<Inode*> create(Inode& directory, std::string_view name, Inode::Body body);
    Result<void> link(Inode& directory, std::string_view name, Inode& inode);
    void unlink(Inode& directory, std::string_view name);
    // `from_name` is there; what is called `to_name` already may be replaced.
    void rename(Inode& from, std::string_view from_name, Inode& to, std::string_view to_name);

    Stat stat(Inode const& inode) const;
    Result<void> set_times(Inode& inode, Times times) const;

    void unpin(Inode& inode); // what a Pin held

private:
    Inode& make(Inode::Body body);
    Result<void> check_new_name(Inode const& directory, std::string_view name);
    void give_back_name();
    void name(Inode& directory, std::string_view name, Inode& inode);
    void lose_name(Inode& directory, Inode& inode);
    void free_if_unused(Inode& inode);
    void touch(Inode& directory) const;

    MemoryOptions options_;
    Budget bytes_;
    Budget names_; // bytes, too
    Pieces pieces_;
    Budget files_;
    std::uint64_t next_number_ = 1;
    bool read_only_ = false;
    std::list<Inode> inodes_;
    Inode* root_;
};

// Keeps an inode, and the tree that it belongs to, while it is open.
class Pin {
public:
    Pin(std::shared_ptr<Tree> tree, Inode& inode) : tree_{std::move(tree)}, inode_{&inode} {
        ++inode_->pins;
    }
    Pin(Pin const&) = delete;
    Pin& operator=(Pin const&) = delete;
    Pin(Pin&&) = delete;
    Pin& operator=(Pin&&) = delete;
    ~Pin() { tree_->unpin(*inode_); }

    Tree& tree() const { return *tree_; }
    std::shared_ptr<Tree> const& shared_tree() const { return tree_; }
    Inode& inode() const { return *inode_; }

private:
    std::shared_ptr<Tree> tree_;
    Inode* inode_;
};

} // namespace exec::vfs::memory
