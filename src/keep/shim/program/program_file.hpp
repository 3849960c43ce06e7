#pragma once

// The program's file, which lies where the host can change it, and how its pages become the
// program's memory. One of two files implements it: shared.cpp maps them where they lie;
// verified.cpp copies each into the Keep's own memory when it is first touched, checks the copy
// against the hash tree whose root is in the image, and uses the copy.

#include "keep/shim/memory/growing.hpp"
#include "keep/shim/memory/page_table.hpp"
#include "protocol/launch/machine.hpp"
#include "protocol/program/tree.hpp"

#include <span>

namespace shim {

struct Kernel;

// SHA-256 of a page, by the block functions of AWS-LC.
class PageDigest {
public:
    // Asks the CPU whether it has instructions for SHA-256.
    static PageDigest create();

    protocol::program::Digest of(protocol::program::Page const& page) const;

private:
    bool instructions_ = false;
};

class ProgramFile {
public:
    using Root = protocol::program::Root;
    using Digest = protocol::program::Digest;
    using Nodes = Growing<hw::PhysAddr, protocol::program::most_nodes>;

    // Bytes [offset, offset + size) of the file, for the program to find at the address `at`;
    // `whole`: nothing but them is to be found up to the end of the last page.
    struct Part {
        std::uint64_t at;
        std::uint64_t offset;
        std::uint64_t size;
        bool whole;
    };

    ProgramFile(Kernel& kernel, Nodes nodes) : kernel_{kernel}, nodes_{nodes} {}

    // `root`: the image's. Inval, Proto: the image has none, or the boot block does not fit it.
    base::Result<void> open(protocol::launch::Boot const& boot, Root const& root);

    bool holds(std::uint64_t offset, std::uint64_t size) const {
        return offset <= size_ && size <= size_ - offset;
    }
    // For the loader of the program. NoExec: not all of it lies in the file.
    base::Result<void> read(std::uint64_t offset, std::span<std::byte> to);
    // Gives the program `pages` with that access, filled from the file, else zero.
    base::Result<void> map(Range pages, Access access, Part const& part);
    // The page of the file at `offset` in a new page of the pool, for a region whose pages come one
    // by one. Does not return if it is not the page that the root names.
    base::Result<hw::PhysAddr> page(std::uint64_t offset);

    std::uint64_t checked() const { return checked_; } // pages of the file so far

private:
    using Node = protocol::program::Page;
    base::Result<Node const*> node(std::uint64_t number, Digest const& wanted, std::uint64_t page);
    base::Result<hw::PhysAddr>
    take(hw::PhysAddr from, std::uint64_t size, Digest const& wanted, std::uint64_t page);

    Kernel& kernel_;
    Nodes nodes_; // of the tree, checked, in the Keep's own memory; zero: not needed so far
    hw::PhysAddr place_;
    hw::PhysAddr tree_place_;
    std::uint64_t size_ = 0;
    protocol::program::Tree tree_;
    Digest top_{};
    PageDigest digest_;
    std::uint64_t checked_ = 0;
};

} // namespace shim
