// Where a descriptor's next read or write goes.

#include "keep/exec/wasi/convert.hpp"
#include "keep/exec/wasi/functions.hpp"
#include "keep/exec/wasi/resolve.hpp"

#include <bit>

namespace exec::wasi {

namespace {

// From `base`, not before 0 and not beyond what fits into a signed number.
Result<std::uint64_t> moved(std::uint64_t base, std::int64_t delta) {
    std::int64_t sum = 0;
    if (base > INT64_MAX || __builtin_add_overflow(static_cast<std::int64_t>(base), delta, &sum))
        return std::unexpected(Errno::Overflow);
    if (sum < 0) return std::unexpected(Errno::Inval);
    return static_cast<std::uint64_t>(sum);
}

Result<std::uint64_t> seek(OpenFile& file, std::int64_t delta, Whence whence) {
    std::uint64_t base = 0;
    if (whence == Whence::Current) base = file.offset;
    if (whence == Whence::End) base = TRY(to_wasi(file.file->stat())).size;
    file.offset = TRY(moved(base, delta));
    return file.offset;
}

Result<std::uint64_t> seek(Descriptor& descriptor, std::int64_t delta, Whence whence) {
    if (auto* const file = as<OpenFile>(descriptor)) return seek(*file, delta, whence);
    if (auto const* const stream = as<Stream>(descriptor))
        return to_wasi(stream->host.seek(delta, os::Whence{static_cast<std::uint8_t>(whence)}));
    if (as<Null>(descriptor) != nullptr) return 0;
    if (as<OpenDirectory>(descriptor) != nullptr) return std::unexpected(Errno::IsDir);
    return std::unexpected(Errno::SPipe);
}

// Rights of those that have a position; the others answer in seek().
Result<void> allowed(Descriptor const& descriptor, Rights needed) {
    if (descriptor.socket() || std::holds_alternative<OpenDirectory>(descriptor.object)) return {};
    if (std::holds_alternative<Stream>(descriptor.object) && !descriptor.allows(needed))
        return std::unexpected(Errno::SPipe);
    return descriptor.allows(needed);
}

} // namespace

Result<void> fd_seek(
    Context& context,
    GuestMemory memory,
    Fd fd,
    std::uint64_t delta,
    std::uint32_t whence,
    Pointer<std::uint64_t> out
) {
    auto* const descriptor = TRY(context.descriptors.find(fd));
    if (whence > static_cast<std::uint32_t>(Whence::End)) return std::unexpected(Errno::Inval);
    auto const only_tells = delta == 0 && Whence(whence) == Whence::Current;
    TRY(allowed(*descriptor, only_tells ? right::fd_tell : right::fd_seek));
    TRY(memory.check(out));
    return memory.write(
        out, TRY(seek(*descriptor, std::bit_cast<std::int64_t>(delta), Whence(whence)))
    );
}

Result<void> fd_tell(Context& context, GuestMemory memory, Fd fd, Pointer<std::uint64_t> out) {
    auto* const descriptor = TRY(context.descriptors.find(fd));
    TRY(allowed(*descriptor, right::fd_tell));
    return memory.write(out, TRY(seek(*descriptor, 0, Whence::Current)));
}

} // namespace exec::wasi
