#pragma once

// Short words for the tests of mounts.

#include "keep/exec/vfs/file_system.hpp"

#include <array>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace exec::vfs::test {

using base::Errno;

// Nothing if there is none.
template <class T> std::optional<Errno> error_of(Result<T> const& result) {
    if (result) return {};
    return result.error();
}

inline Result<std::unique_ptr<File>>
open_file(Directory& in, std::string_view path, OpenHow how = {}) {
    auto node = TRY(in.open(path, how));
    if (auto* const file = std::get_if<std::unique_ptr<File>>(&node)) return std::move(*file);
    return std::unexpected(Errno::IsDir);
}

inline Result<std::unique_ptr<Directory>> open_directory(Directory& in, std::string_view path) {
    auto node = TRY(in.open(path, {.directory = true}));
    return std::get<std::unique_ptr<Directory>>(std::move(node));
}

inline Result<std::size_t> write_at(File& file, std::string_view text, std::uint64_t offset) {
    std::array const buffers{std::as_bytes(std::span{text})};
    return file.write_at(buffers, offset);
}

inline Result<File::Appended> append(File& file, std::string_view text) {
    std::array const buffers{std::as_bytes(std::span{text})};
    return file.append(buffers);
}

inline Result<std::string> read_at(File& file, std::size_t size, std::uint64_t offset) {
    std::string text(size, '?');
    std::array const buffers{std::as_writable_bytes(std::span{text})};
    text.resize(TRY(file.read_at(buffers, offset)));
    return text;
}

// Creates the file, or replaces what it held.
inline Result<void> put(Directory& in, std::string_view path, std::string_view text) {
    auto const file = TRY(open_file(in, path, {.write = true, .create = true, .truncate = true}));
    TRY(write_at(*file, text, 0));
    return {};
}

inline Result<std::string> get(Directory& in, std::string_view path) {
    auto const file = TRY(open_file(in, path));
    return read_at(*file, TRY(file->stat()).size, 0);
}

// All names but "." and "..", asked for `room` bytes at a time; each must come once.
inline Result<std::multiset<std::string>> names(Directory& in, std::size_t room = 4096) {
    std::multiset<std::string> found;
    for (std::uint64_t cookie = 0;;) {
        auto const list = TRY(in.entries(cookie, room));
        if (list.empty()) return found;
        for (auto const& entry : list)
            if (entry.name != "." && entry.name != "..") found.insert(entry.name);
        cookie = list.back().next;
    }
}

} // namespace exec::vfs::test
