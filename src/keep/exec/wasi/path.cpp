// What can be done with a path below an open directory, other than opening it.

#include "keep/exec/wasi/convert.hpp"
#include "keep/exec/wasi/functions.hpp"
#include "keep/exec/wasi/path_text.hpp"
#include "keep/exec/wasi/resolve.hpp"
#include "keep/exec/wasi/times.hpp"

#include <algorithm>

namespace exec::wasi {

Result<void> path_create_directory(
    Context& context, GuestMemory memory, Fd fd, Pointer<char> path, std::uint32_t length
) {
    auto* const in = TRY(changeable_directory_of(context, fd, right::path_create_directory));
    return to_wasi(in->directory->create_directory(TRY(read_path(memory, path, length))));
}

Result<void> path_filestat_get(
    Context& context,
    GuestMemory memory,
    Fd fd,
    std::uint32_t flags,
    Pointer<char> path,
    std::uint32_t length,
    Pointer<FileStat> out
) {
    auto* const in = TRY(directory_of(context, fd, right::path_filestat_get));
    auto const follow = TRY(follow_of(flags));
    auto const text = TRY(read_path(memory, path, length));
    return memory.write(out, to_wasi(TRY(to_wasi(in->directory->stat(text, follow)))));
}

Result<void> path_filestat_set_times(
    Context& context,
    GuestMemory memory,
    Fd fd,
    std::uint32_t flags,
    Pointer<char> path,
    std::uint32_t length,
    std::uint64_t accessed_ns,
    std::uint64_t modified_ns,
    std::uint32_t times
) {
    auto* const in = TRY(changeable_directory_of(context, fd, right::path_filestat_set_times));
    auto const follow = TRY(follow_of(flags));
    auto const wanted = TRY(times_to_set(accessed_ns, modified_ns, times));
    auto const text = TRY(read_path(memory, path, length));
    return to_wasi(in->directory->set_times(text, wanted, follow));
}

// Both directories must be changeable: a name elsewhere would open a way to write to what this one
// protects.
Result<void> path_link(
    Context& context,
    GuestMemory memory,
    Fd old_fd,
    std::uint32_t old_flags,
    Pointer<char> old_path,
    std::uint32_t old_length,
    Fd new_fd,
    Pointer<char> new_path,
    std::uint32_t new_length
) {
    auto* const from = TRY(changeable_directory_of(context, old_fd, right::path_link_source));
    auto* const to = TRY(changeable_directory_of(context, new_fd, right::path_link_target));
    auto const follow = TRY(follow_of(old_flags));
    auto const old_text = TRY(read_path(memory, old_path, old_length));
    auto const new_text = TRY(read_path(memory, new_path, new_length));
    return to_wasi(from->directory->link(old_text, follow, *to->directory, new_text));
}

// A target that does not fit into the buffer is cut off, as POSIX has it.
Result<void> path_readlink(
    Context& context,
    GuestMemory memory,
    Fd fd,
    Pointer<char> path,
    std::uint32_t length,
    Pointer<std::byte> buffer,
    std::uint32_t buffer_length,
    Pointer<std::uint32_t> out
) {
    auto* const in = TRY(directory_of(context, fd, right::path_readlink));
    auto const text = TRY(read_path(memory, path, length));
    auto const room = TRY(memory.bytes(buffer, buffer_length));
    TRY(memory.check(out));
    auto const target = TRY(to_wasi(in->directory->read_link(text)));
    auto const some = std::as_bytes(std::span{target}).first(std::min(target.size(), room.size()));
    std::ranges::copy(some, room.begin());
    return memory.write(out, static_cast<std::uint32_t>(some.size()));
}

Result<void> path_remove_directory(
    Context& context, GuestMemory memory, Fd fd, Pointer<char> path, std::uint32_t length
) {
    auto* const in = TRY(changeable_directory_of(context, fd, right::path_remove_directory));
    return to_wasi(in->directory->remove_directory(TRY(read_path(memory, path, length))));
}

Result<void> path_rename(
    Context& context,
    GuestMemory memory,
    Fd old_fd,
    Pointer<char> old_path,
    std::uint32_t old_length,
    Fd new_fd,
    Pointer<char> new_path,
    std::uint32_t new_length
) {
    auto* const from = TRY(changeable_directory_of(context, old_fd, right::path_rename_source));
    auto* const to = TRY(changeable_directory_of(context, new_fd, right::path_rename_target));
    auto const old_text = TRY(read_path(memory, old_path, old_length));
    auto const new_text = TRY(read_path(memory, new_path, new_length));
    return to_wasi(from->directory->rename(old_text, *to->directory, new_text));
}

Result<void> path_symlink(
    Context& context,
    GuestMemory memory,
    Pointer<char> target,
    std::uint32_t target_length,
    Fd fd,
    Pointer<char> path,
    std::uint32_t length
) {
    auto* const in = TRY(changeable_directory_of(context, fd, right::path_symlink));
    auto const target_text = TRY(read_path(memory, target, target_length));
    auto const text = TRY(read_path(memory, path, length));
    return to_wasi(in->directory->symlink(target_text, text));
}

Result<void> path_unlink_file(
    Context& context, GuestMemory memory, Fd fd, Pointer<char> path, std::uint32_t length
) {
    auto* const in = TRY(changeable_directory_of(context, fd, right::path_unlink_file));
    return to_wasi(in->directory->unlink(TRY(read_path(memory, path, length))));
}

} // namespace exec::wasi
