#pragma once

// Makes the hash tree over a program's file, when that is built.

#include "protocol/program/tree.hpp"

#include <functional>
#include <span>
#include <vector>

namespace protocol::program {

struct BuiltTree {
    std::vector<std::byte> bytes; // the tree's file
    Root root;
};

// `sha256`: of one page. Inval: a file of that size can have no tree.
base::Result<BuiltTree>
build_tree(std::span<std::byte const> file, std::function<Digest(Page const&)> const& sha256);

} // namespace protocol::program
