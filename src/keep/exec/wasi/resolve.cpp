#include "keep/exec/wasi/resolve.hpp"

namespace exec::wasi {

Result<OpenFile*> file_of(Context& context, Fd fd, Rights needed, Errno otherwise) {
    auto* const descriptor = TRY(context.descriptors.find(fd));
    if (as<OpenDirectory>(*descriptor) != nullptr) return std::unexpected(Errno::IsDir);
    auto* const file = as<OpenFile>(*descriptor);
    if (file == nullptr) return std::unexpected(otherwise);
    TRY(descriptor->allows(needed));
    return file;
}

Result<OpenDirectory*> directory_of(Context& context, Fd fd, Rights needed) {
    auto* const descriptor = TRY(context.descriptors.find(fd));
    auto* const directory = as<OpenDirectory>(*descriptor);
    if (directory == nullptr) return std::unexpected(Errno::NotDir);
    TRY(descriptor->allows(needed));
    return directory;
}

Result<OpenDirectory*> changeable_directory_of(Context& context, Fd fd, Rights needed) {
    auto* const directory = TRY(directory_of(context, fd, needed));
    if (directory->read_only) return std::unexpected(Errno::RoFs);
    return directory;
}

Result<Peer> peer_of(Context& context, Fd fd, Rights needed) {
    auto* const descriptor = TRY(context.descriptors.find(fd));
    if (as<Listening>(*descriptor) != nullptr) return std::unexpected(Errno::NotConn);
    auto* const connection = as<Connected>(*descriptor);
    if (connection == nullptr) return std::unexpected(Errno::NotSock);
    TRY(descriptor->allows(needed));
    return Peer{.descriptor = *descriptor, .connection = **connection};
}

} // namespace exec::wasi
