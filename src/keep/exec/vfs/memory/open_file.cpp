#include "keep/exec/vfs/memory/open_file.hpp"

#include <utility>

namespace exec::vfs::memory {

using base::Errno;

OpenFile::OpenFile(std::shared_ptr<Tree> tree, Inode& inode, OpenHow how)
    : pin_{std::move(tree), inode}, readable_{how.read || !how.write}, writable_{how.write} {}

Result<std::size_t> OpenFile::read_at(ReadBuffers out, std::uint64_t offset) {
    if (!readable_) return std::unexpected(Errno::BadF);
    if (offset > largest_file) return std::unexpected(Errno::Inval);
    std::size_t total = 0;
    for (auto const buffer : out) {
        auto const count = content().read(buffer, offset + total);
        total += count;
        if (count < buffer.size()) break;
    }
    // As "relatime" has it: a read is noted only if nobody has read since the last change.
    auto& inode = pin_.inode();
    if (total > 0 && inode.accessed_ns <= inode.modified_ns) inode.accessed_ns = pin_.tree().now();
    return total;
}

Result<std::size_t> OpenFile::write(WriteBuffers in, std::uint64_t offset) {
    std::size_t total = 0;
    for (auto const buffer : in) {
        auto const written = content().write(buffer, offset + total);
        if (!written && total == 0) return std::unexpected(written.error());
        if (!written) break;
        total += *written;
        if (*written < buffer.size()) break;
    }
    if (total > 0) touch();
    return total;
}

Result<std::size_t> OpenFile::write_at(WriteBuffers in, std::uint64_t offset) {
    if (!writable_) return std::unexpected(Errno::BadF);
    if (offset > largest_file) return std::unexpected(Errno::Inval);
    return write(in, offset);
}

Result<File::Appended> OpenFile::append(WriteBuffers in) {
    if (!writable_) return std::unexpected(Errno::BadF);
    auto const written = TRY(write(in, content().size()));
    return Appended{.written = written, .end = content().size()};
}

Result<Stat> OpenFile::stat() const { return pin_.tree().stat(pin_.inode()); }

Result<void> OpenFile::set_size(std::uint64_t size) {
    if (!writable_ || size > largest_file) return std::unexpected(Errno::Inval);
    TRY(content().resize(size));
    touch();
    return {};
}

Result<void> OpenFile::set_times(Times times) { return pin_.tree().set_times(pin_.inode(), times); }

Result<void> OpenFile::allocate(std::uint64_t offset, std::uint64_t length) {
    if (offset > largest_file || length == 0 || length > largest_file)
        return std::unexpected(Errno::Inval);
    if (!writable_) return std::unexpected(Errno::BadF);
    TRY(content().reserve(offset, length));
    touch();
    return {};
}

Result<void> OpenFile::advise(std::uint64_t /*offset*/, std::uint64_t length, Advice /*advice*/) {
    if (length > largest_file) return std::unexpected(Errno::Inval);
    return {};
}

Result<void> OpenFile::sync(bool /*data_only*/) { return {}; }

void OpenFile::touch() {
    auto& inode = pin_.inode();
    inode.modified_ns = inode.changed_ns = pin_.tree().now();
}

} // namespace exec::vfs::memory
