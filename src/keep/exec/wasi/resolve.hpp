#pragma once

// From a descriptor number to the object that a function works on, rights checked.

#include "keep/exec/wasi/context.hpp"

namespace exec::wasi {

// A file; Errno::IsDir for a directory, `otherwise` for what is neither.
Result<OpenFile*> file_of(Context& context, Fd fd, Rights needed, Errno otherwise);

// A directory, else Errno::NotDir.
Result<OpenDirectory*> directory_of(Context& context, Fd fd, Rights needed);

// One whose contents may change, else Errno::RoFs.
Result<OpenDirectory*> changeable_directory_of(Context& context, Fd fd, Rights needed);

// A connection: its descriptor, for the flags, and the object itself.
struct Peer {
    Descriptor& descriptor;
    net::Connection& connection;
};
// Errno::NotConn for a listener, Errno::NotSock for what is no socket.
Result<Peer> peer_of(Context& context, Fd fd, Rights needed);

} // namespace exec::wasi
