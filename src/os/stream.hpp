#pragma once

// Byte streams that this process was given: pipes, terminals, redirected files. They stay open when
// we are done.

#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

#include <sys/stat.h>

namespace os {

enum class Whence : std::uint8_t { Set, Current, End };

struct Access {
    bool read = false;
    bool write = false;
};

// A host descriptor by its number, which somebody else owns. Unless `nonblocking`, an operation
// waits until it can move a byte at least, whatever mode the descriptor is in; otherwise it answers
// Errno::Again instead of waiting, without a change to that mode, which other processes may share.
class Stream {
public:
    explicit Stream(int number) : number_{number} {}

    // 0: the end. At most the first 1024 buffers take part.
    base::Result<std::size_t>
    read(std::span<std::span<std::byte> const> out, bool nonblocking) const;
    base::Result<std::size_t>
    write(std::span<std::span<std::byte const> const> in, bool nonblocking) const;

    base::Result<std::uint64_t> seek(std::int64_t delta, Whence whence) const;
    base::Result<struct ::stat> stat() const;
    base::Result<Access> access() const;
    std::uint64_t readable_bytes() const; // without blocking; 0 also if nobody knows
    bool terminal() const;
    int number() const { return number_; }

private:
    base::Result<void> wait(short events, bool nonblocking) const;

    int number_;
};

} // namespace os
