#pragma once

// An open file of a memory mount.

#include "keep/exec/vfs/memory/tree.hpp"

namespace exec::vfs::memory {

class OpenFile : public File {
public:
    // `inode` is a file's. What `how` did not ask for is Errno::BadF; a file that nothing was asked
    // of can be read.
    OpenFile(std::shared_ptr<Tree> tree, Inode& inode, OpenHow how);

    Result<std::size_t> read_at(ReadBuffers out, std::uint64_t offset) override;
    Result<std::size_t> write_at(WriteBuffers in, std::uint64_t offset) override;
    Result<Appended> append(WriteBuffers in) override;
    Result<Stat> stat() const override;
    Result<void> set_size(std::uint64_t size) override;
    Result<void> set_times(Times times) override;
    Result<void> allocate(std::uint64_t offset, std::uint64_t length) override;
    Result<void> advise(std::uint64_t offset, std::uint64_t length, Advice advice) override;
    Result<void> sync(bool data_only) override;

private:
    Content& content() const { return *pin_.inode().content(); }
    Result<std::size_t> write(WriteBuffers in, std::uint64_t offset);
    void touch();

    Pin pin_;
    bool readable_;
    bool writable_;
};

} // namespace exec::vfs::memory
