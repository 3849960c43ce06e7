#pragma once

// A file, directory or symbolic link in memory, whatever names it has.

#include "keep/exec/vfs/file_system.hpp"
#include "keep/exec/vfs/memory/content.hpp"
#include "keep/exec/vfs/memory/names.hpp"

#include <cstdint>
#include <list>
#include <string>
#include <utility>
#include <variant>

namespace exec::vfs::memory {

struct Target {
    std::string path;
};

struct Inode {
    using Body = std::variant<Content, Names, Target>;

    Inode(std::uint64_t its_number, Body its_body, std::uint64_t now)
        : number{its_number},
          body{std::move(its_body)},
          accessed_ns{now},
          modified_ns{now},
          changed_ns{now} {}

    Content* content() { return std::get_if<Content>(&body); }
    Names* names() { return std::get_if<Names>(&body); }
    Target* target() { return std::get_if<Target>(&body); }
    bool directory() const { return std::holds_alternative<Names>(body); }
    bool symbolic_link() const { return std::holds_alternative<Target>(body); }

    std::uint64_t number;
    Body body;
    std::uint64_t accessed_ns;
    std::uint64_t modified_ns;
    std::uint64_t changed_ns;
    std::uint32_t links = 0; // names; a directory's own "." and its children's ".." count too
    std::uint32_t pins = 0;  // how often it is open
    Inode* parent = nullptr; // of a directory that has a name
    std::list<Inode>::iterator self; // where the tree keeps it
};

FileType file_type(Inode const& inode);

} // namespace exec::vfs::memory
