#pragma once

// A tar archive that says nothing but names and contents: POSIX.1-2017, pax, "ustar". Whoever
// writes the same tree gets the same bytes: no times, no owners, no rights of the machine's.

#include "base/view.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace package::tar {

inline constexpr std::size_t block = 512;

enum class Type : std::uint8_t { File, Link, Directory };

struct Entry {
    std::string_view path; // "a/b", no leading slash
    Type type = Type::File;
    std::uint64_t size = 0;       // of a file's contents, which come next
    std::string_view target = {}; // of a symbolic link
};

// What stands before the contents of an entry; contents are then padded with zeros to whole
// blocks. Long names and targets, and names that are not ASCII, are in a pax header before it.
std::vector<std::byte> header(Entry const& entry);
constexpr std::size_t padding(std::uint64_t size) { return (block - size % block) % block; }
// Two blocks of zeros end an archive.
inline constexpr std::size_t end_size = 2 * block;

} // namespace package::tar
