#pragma once

// An open regular file of the host.

#include "keep/exec/vfs/file_system.hpp"
#include "os/fd.hpp"

#include <utility>

namespace exec::vfs::host {

class OpenFile : public File {
public:
    // `read_only`: of the mount, so that not even times change.
    OpenFile(os::Fd fd, bool read_only) : fd_{std::move(fd)}, read_only_{read_only} {}

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
    os::Fd fd_;
    bool read_only_;
};

} // namespace exec::vfs::host
