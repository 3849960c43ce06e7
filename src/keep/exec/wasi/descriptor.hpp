#pragma once

// What a descriptor of the application stands for, and what may be done with it.

#include "keep/exec/net/connection.hpp"
#include "keep/exec/vfs/file_system.hpp"
#include "keep/exec/wasi/abi.hpp"
#include "os/stream.hpp"

#include <memory>
#include <optional>
#include <string>
#include <variant>

namespace exec::wasi {

// A stream of the host: standard input, output or error, or what took their place. The host
// descriptor is not ours to close.
struct Stream {
    os::Stream host;
    FileType type;
};

// Reads as empty; takes and forgets what is written.
struct Null {};

struct OpenFile {
    std::unique_ptr<vfs::File> file;
    std::uint64_t offset = 0; // where the next read or write goes, in bytes
};

struct OpenDirectory {
    std::unique_ptr<vfs::Directory> directory;
    std::optional<std::string>
        preopened_as;       // the path by which the application knows it from the start
    bool read_only = false; // and whatever is opened through it
};

using Listening = std::unique_ptr<net::Listener>;
using Connected = std::unique_ptr<net::Connection>;

struct Descriptor {
    std::variant<Stream, Null, OpenFile, OpenDirectory, Listening, Connected> object;
    Rights rights_base = 0;
    Rights rights_inheriting = 0;
    FdFlags flags = 0;

    bool socket() const;
    // Errno::NotCapable if it lacks one of the rights; Errno::BadF if that is to read or to write,
    // as anywhere else.
    Result<void> allows(Rights needed) const;
    bool nonblocking() const { return (flags & fd_flag::nonblock) != 0; }
};

// The object as a T, if that is what the descriptor stands for.
template <class T> T* as(Descriptor& descriptor) { return std::get_if<T>(&descriptor.object); }

} // namespace exec::wasi
