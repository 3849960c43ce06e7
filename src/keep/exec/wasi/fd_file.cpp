// What can be asked of an open file beside reading and writing: its state, its size, its way to the
// medium.

#include "keep/exec/wasi/convert.hpp"
#include "keep/exec/wasi/functions.hpp"
#include "keep/exec/wasi/resolve.hpp"
#include "keep/exec/wasi/times.hpp"

namespace exec::wasi {

namespace {

// A range that does not fit into a signed number does not fit into a file.
Result<void> check_range(std::uint64_t offset, std::uint64_t length) {
    if (offset > INT64_MAX || length > INT64_MAX) return std::unexpected(Errno::Inval);
    if (length > INT64_MAX - offset) return std::unexpected(Errno::FBig);
    return {};
}

FileStat only_type(FileType type) {
    FileStat stat{};
    stat.type = type;
    return stat;
}

Result<FileStat> stat_of(Stream const& stream) { return to_wasi(TRY(to_wasi(stream.host.stat()))); }
Result<FileStat> stat_of(Null const& /*null*/) { return only_type(FileType::CharacterDevice); }
Result<FileStat> stat_of(OpenFile const& file) { return to_wasi(TRY(to_wasi(file.file->stat()))); }
Result<FileStat> stat_of(OpenDirectory const& directory) {
    return to_wasi(TRY(to_wasi(directory.directory->stat())));
}
Result<FileStat> stat_of(Listening const& /*listener*/) {
    return only_type(FileType::SocketStream);
}
Result<FileStat> stat_of(Connected const& /*connection*/) {
    return only_type(FileType::SocketStream);
}

// A file whose size changes. That it was not opened for writing, as no directory can be, is told by
// the error that programs know for that, as it is for reading and writing (docs/wasi.md).
Result<OpenFile*>
sizable_file(Context& context, Fd fd, Rights needed, Errno otherwise, Errno not_writable) {
    auto* const descriptor = TRY(context.descriptors.find(fd));
    bool const written = (descriptor->rights_base & right::fd_write) != 0;
    if (as<OpenDirectory>(*descriptor) != nullptr) return std::unexpected(not_writable);
    if (as<OpenFile>(*descriptor) != nullptr && !written) return std::unexpected(not_writable);
    return file_of(context, fd, needed, otherwise);
}

Result<void> sync(Context& context, Fd fd, Rights needed, bool data_only) {
    auto* const descriptor = TRY(context.descriptors.find(fd));
    auto* const file = as<OpenFile>(*descriptor);
    auto* const directory = as<OpenDirectory>(*descriptor);
    if (file == nullptr && directory == nullptr) return std::unexpected(Errno::Inval);
    TRY(descriptor->allows(needed));
    if (file != nullptr) return to_wasi(file->file->sync(data_only));
    return to_wasi(directory->directory->sync());
}

} // namespace

Result<void> fd_advise(
    Context& context,
    GuestMemory /*memory*/,
    Fd fd,
    std::uint64_t offset,
    std::uint64_t length,
    std::uint32_t advice
) {
    auto* const file = TRY(file_of(context, fd, right::fd_advise, Errno::SPipe));
    if (advice > static_cast<std::uint32_t>(vfs::Advice::NoReuse))
        return std::unexpected(Errno::Inval);
    TRY(check_range(offset, length));
    return to_wasi(file->file->advise(offset, length, vfs::Advice(advice)));
}

Result<void> fd_allocate(
    Context& context, GuestMemory /*memory*/, Fd fd, std::uint64_t offset, std::uint64_t length
) {
    auto* const file =
        TRY(sizable_file(context, fd, right::fd_allocate, Errno::SPipe, Errno::BadF));
    if (length == 0) return std::unexpected(Errno::Inval);
    TRY(check_range(offset, length));
    return to_wasi(file->file->allocate(offset, length));
}

Result<void> fd_datasync(Context& context, GuestMemory /*memory*/, Fd fd) {
    return sync(context, fd, right::fd_datasync, true);
}

Result<void> fd_sync(Context& context, GuestMemory /*memory*/, Fd fd) {
    return sync(context, fd, right::fd_sync, false);
}

Result<void> fd_filestat_get(Context& context, GuestMemory memory, Fd fd, Pointer<FileStat> out) {
    auto const* const descriptor = TRY(context.descriptors.find(fd, right::fd_filestat_get));
    auto const stat =
        TRY(std::visit([](auto const& object) { return stat_of(object); }, descriptor->object));
    return memory.write(out, stat);
}

Result<void>
fd_filestat_set_size(Context& context, GuestMemory /*memory*/, Fd fd, std::uint64_t size) {
    auto* const file =
        TRY(sizable_file(context, fd, right::fd_filestat_set_size, Errno::Inval, Errno::Inval));
    if (size > INT64_MAX) return std::unexpected(Errno::Inval);
    return to_wasi(file->file->set_size(size));
}

Result<void> fd_filestat_set_times(
    Context& context,
    GuestMemory /*memory*/,
    Fd fd,
    std::uint64_t accessed_ns,
    std::uint64_t modified_ns,
    std::uint32_t flags
) {
    auto* const descriptor = TRY(context.descriptors.find(fd, right::fd_filestat_set_times));
    auto const times = TRY(times_to_set(accessed_ns, modified_ns, flags));
    if (auto* const file = as<OpenFile>(*descriptor)) return to_wasi(file->file->set_times(times));
    auto* const directory = TRY(changeable_directory_of(context, fd, 0));
    return to_wasi(directory->directory->set_times(times));
}

} // namespace exec::wasi
