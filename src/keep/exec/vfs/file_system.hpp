#pragma once

// What the application sees as files: open files, open directories, and the mounts that make them.
//
// Three kinds of mount implement this: memory (read and write, gone at the end), package (read-only
// files that came with the application) and host (a directory of the host, untrusted, confined
// below its root). Paths are relative to an open directory; a path that leaves the mount's root, by
// "..", by a symbolic link or by a leading '/', is Errno::Perm. Nothing here knows WASI: rights,
// descriptor numbers, seek offsets and append are the caller's.

#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace exec::vfs {

using base::Result;

enum class FileType : std::uint8_t {
    Unknown,
    BlockDevice,
    CharacterDevice,
    Directory,
    RegularFile,
    SocketDatagram,
    SocketStream,
    SymbolicLink
};

struct Stat {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    FileType type = FileType::Unknown;
    std::uint64_t links = 0;
    std::uint64_t size = 0;        // bytes
    std::uint64_t accessed_ns = 0; // since 1970-01-01, UTC
    std::uint64_t modified_ns = 0;
    std::uint64_t changed_ns = 0;
};

// Times to set, in nanoseconds since 1970-01-01; what is empty stays as it is.
struct Times {
    std::optional<std::uint64_t> accessed_ns = std::nullopt;
    std::optional<std::uint64_t> modified_ns = std::nullopt;
};

enum class Follow : bool { No, Yes };

struct OpenHow {
    bool read = true;
    bool write = false;
    bool create = false;
    bool exclusive = false; // with create: an existing name is Errno::Exist
    bool truncate = false;
    bool directory = false; // anything else is Errno::NotDir
    Follow follow =
        Follow::Yes;   // of the last component; without it a symbolic link there is Errno::Loop
    bool sync = false; // each write reaches the medium before it returns
};

enum class Advice : std::uint8_t { Normal, Sequential, Random, WillNeed, DontNeed, NoReuse };

using ReadBuffers = std::span<std::span<std::byte> const>;
using WriteBuffers = std::span<std::span<std::byte const> const>;

// An open file. Offsets and sizes are bytes.
class File {
public:
    File() = default;
    File(File const&) = delete;
    File& operator=(File const&) = delete;
    File(File&&) = delete;
    File& operator=(File&&) = delete;
    virtual ~File() = default;

    virtual Result<std::size_t> read_at(ReadBuffers out, std::uint64_t offset) = 0; // 0 at the end
    virtual Result<std::size_t> write_at(WriteBuffers in, std::uint64_t offset) = 0;
    // Writes at the end, in one step with finding it; the value: bytes written and the offset
    // behind them.
    struct Appended {
        std::size_t written;
        std::uint64_t end;
    };
    virtual Result<Appended> append(WriteBuffers in) = 0;
    virtual Result<Stat> stat() const = 0;
    virtual Result<void> set_size(std::uint64_t size) = 0;
    virtual Result<void> set_times(Times times) = 0;
    virtual Result<void>
    allocate(std::uint64_t offset, std::uint64_t length) = 0; // grows, never shrinks
    virtual Result<void> advise(std::uint64_t offset, std::uint64_t length, Advice advice) = 0;
    virtual Result<void> sync(bool data_only) = 0;
};

struct Entry {
    std::uint64_t next = 0; // cookie: where to go on after this entry
    std::uint64_t inode = 0;
    FileType type = FileType::Unknown;
    std::string name;
};

class Directory;
using Node = std::variant<std::unique_ptr<File>, std::unique_ptr<Directory>>;

// An open directory. Every path is relative to it.
class Directory {
public:
    Directory() = default;
    Directory(Directory const&) = delete;
    Directory& operator=(Directory const&) = delete;
    Directory(Directory&&) = delete;
    Directory& operator=(Directory&&) = delete;
    virtual ~Directory() = default;

    virtual Result<Node> open(std::string_view path, OpenHow how) = 0;
    virtual Result<Stat> stat() const = 0;
    virtual Result<Stat> stat(std::string_view path, Follow follow) const = 0;
    virtual Result<void> set_times(Times times) = 0;
    virtual Result<void> set_times(std::string_view path, Times times, Follow follow) = 0;
    virtual Result<void> create_directory(std::string_view path) = 0;
    virtual Result<void> remove_directory(std::string_view path) = 0;
    virtual Result<void> unlink(std::string_view path) = 0;
    // `to` must be of the same mount, else Errno::XDev.
    virtual Result<void> rename(std::string_view from, Directory& to, std::string_view to_path) = 0;
    virtual Result<void>
    link(std::string_view from, Follow follow, Directory& to, std::string_view to_path) = 0;
    // `target` is stored as it is; one that starts with '/' is Errno::Perm.
    virtual Result<void> symlink(std::string_view target, std::string_view path) = 0;
    virtual Result<std::string> read_link(std::string_view path) const = 0;
    // Entries from `cookie` on (0: the first), "." and ".." among them, until `room` bytes of names
    // and 24-byte headers are filled or there are no more. A name removed or added meanwhile
    // neither repeats nor loses another one.
    virtual Result<std::vector<Entry>> entries(std::uint64_t cookie, std::size_t room) = 0;
    virtual Result<void> sync() = 0;
};

} // namespace exec::vfs
