#pragma once

// A file that a Keep finds in its memory: one of the host's, or bytes that were made for it.

#include "base/result.hpp"
#include "os/fd.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <variant>
#include <vector>

namespace host::vmm {

class MemoryFile {
public:
    MemoryFile(os::Fd file, std::uint64_t size) : content_{std::move(file)}, size_{size} {}
    explicit MemoryFile(std::vector<std::byte> bytes)
        : content_{std::move(bytes)}, size_{std::get<1>(content_).size()} {}

    std::uint64_t size() const { return size_; }
    os::Fd const* host_file() const { return std::get_if<os::Fd>(&content_); } // null: bytes
    // The file's bytes from `offset` on. Errno::Io: there are not so many, or no longer.
    base::Result<void> read(std::uint64_t offset, std::span<std::byte> to) const;

private:
    std::variant<os::Fd, std::vector<std::byte>> content_;
    std::uint64_t size_;
};

} // namespace host::vmm
