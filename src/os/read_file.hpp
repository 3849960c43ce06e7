#pragma once

// A whole file in memory, read once: what the host changes afterwards does not matter.

#include "base/result.hpp"
#include "os/fd.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace os {

class FileBytes {
public:
    FileBytes() = default;
    FileBytes(std::unique_ptr<std::byte[]> bytes, std::size_t size)
        : bytes_{std::move(bytes)}, size_{size} {}

    std::span<std::byte const> view() const { return {bytes_.get(), size_}; }
    std::span<std::byte> writable() { return {bytes_.get(), size_}; } // to wipe secrets

private:
    std::unique_ptr<std::byte[]> bytes_; // not a vector, which would write zeros first
    std::size_t size_ = 0;
};

// The first `size` bytes of a file, or fewer if it is shorter.
base::Result<FileBytes> read_first(int descriptor, std::size_t size);

// From the beginning for a file, from where it stands for a pipe. Errno::FBig above `most` bytes.
base::Result<FileBytes> read_file(int descriptor, std::uint64_t most);

// A part of a file, whole. Errno::Io: the file ends before it does.
base::Result<void> read_part(Fd const& file, std::uint64_t offset, std::span<std::byte> to);

} // namespace os
