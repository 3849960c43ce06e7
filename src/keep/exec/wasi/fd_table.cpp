// The table of descriptors itself: closing, renumbering, and which directories were open from the
// start.

#include "keep/exec/wasi/functions.hpp"

namespace exec::wasi {

namespace {

// A C library looks at one number after the other and stops at the first Errno::BadF.
Result<std::string const*> preopened_name(Context& context, Fd fd) {
    auto* const descriptor = TRY(context.descriptors.find(fd));
    auto const* const directory = as<OpenDirectory>(*descriptor);
    if (directory == nullptr || !directory->preopened_as) return std::unexpected(Errno::BadF);
    return &*directory->preopened_as;
}

} // namespace

Result<void> fd_close(Context& context, GuestMemory /*memory*/, Fd fd) {
    return context.descriptors.close(fd);
}

Result<void> fd_renumber(Context& context, GuestMemory /*memory*/, Fd from, Fd to) {
    return context.descriptors.renumber(from, to);
}

Result<void> fd_prestat_get(Context& context, GuestMemory memory, Fd fd, Pointer<Prestat> out) {
    auto const* const name = TRY(preopened_name(context, fd));
    return memory.write(
        out,
        Prestat{.tag = 0, .padding = {}, .name_length = static_cast<std::uint32_t>(name->size())}
    );
}

Result<void> fd_prestat_dir_name(
    Context& context, GuestMemory memory, Fd fd, Pointer<std::byte> to, std::uint32_t length
) {
    auto const* const name = TRY(preopened_name(context, fd));
    if (length < name->size()) return std::unexpected(Errno::NameTooLong);
    auto const room = TRY(memory.bytes(to, static_cast<std::uint32_t>(name->size())));
    std::memcpy(room.data(), name->data(), name->size());
    return {};
}

} // namespace exec::wasi
