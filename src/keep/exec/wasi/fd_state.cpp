// What a descriptor is: type, flags and rights.

#include "keep/exec/wasi/convert.hpp"
#include "keep/exec/wasi/functions.hpp"

namespace exec::wasi {

namespace {

Result<FileType> type_of(Stream const& stream) { return stream.type; }
Result<FileType> type_of(Null const& /*null*/) { return FileType::CharacterDevice; }
Result<FileType> type_of(OpenFile const& file) {
    return to_wasi(TRY(to_wasi(file.file->stat())).type);
}
Result<FileType> type_of(OpenDirectory const& /*directory*/) { return FileType::Directory; }
Result<FileType> type_of(Listening const& /*listener*/) { return FileType::SocketStream; }
Result<FileType> type_of(Connected const& /*connection*/) { return FileType::SocketStream; }

// What open decided and nothing changes later, as on Linux.
constexpr FdFlags fixed_flags = fd_flag::dsync | fd_flag::rsync | fd_flag::sync;

} // namespace

Result<void> fd_fdstat_get(Context& context, GuestMemory memory, Fd fd, Pointer<FdStat> out) {
    auto const* const descriptor = TRY(context.descriptors.find(fd));
    auto const type =
        TRY(std::visit([](auto const& object) { return type_of(object); }, descriptor->object));
    return memory.write(
        out,
        FdStat{
            .type = type,
            .padding1 = 0,
            .flags = descriptor->flags,
            .padding2 = {},
            .rights_base = descriptor->rights_base,
            .rights_inheriting = descriptor->rights_inheriting,
        }
    );
}

Result<void>
fd_fdstat_set_flags(Context& context, GuestMemory /*memory*/, Fd fd, std::uint32_t flags) {
    auto* const descriptor = TRY(context.descriptors.find(fd, right::fd_fdstat_set_flags));
    auto const kept = static_cast<FdFlags>(descriptor->flags & fixed_flags);
    if ((flags & ~std::uint32_t{fd_flag::all}) != 0) return std::unexpected(Errno::Inval);
    if ((flags & fixed_flags & ~kept) != 0) return std::unexpected(Errno::NotSup);
    descriptor->flags = static_cast<FdFlags>((flags & ~std::uint32_t{fixed_flags}) | kept);
    return {};
}

Result<void> fd_fdstat_set_rights(
    Context& context, GuestMemory /*memory*/, Fd fd, Rights base, Rights inheriting
) {
    auto* const descriptor = TRY(context.descriptors.find(fd));
    if ((base & ~descriptor->rights_base) != 0 ||
        (inheriting & ~descriptor->rights_inheriting) != 0)
        return std::unexpected(Errno::NotCapable);
    descriptor->rights_base = base;
    descriptor->rights_inheriting = inheriting;
    return {};
}

} // namespace exec::wasi
