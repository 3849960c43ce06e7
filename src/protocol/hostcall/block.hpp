#pragma once

// The block through which a Keep asks its host for something: one per vCPU, in memory that both
// sides can change.
//
//     0x0000  turn       u64  who may write: the Keep sets Host and rings the doorbell, the host
//     sets Keep when it is done
//     0x0008  number     u64  a Call
//     0x0010  arguments  u64 x 6
//     0x0040  answer     i64  a value, or -errno
//     0x0048  closing    u32 x 2  a handle + 1 that the Keep needs no more, or 0: closed before
//                        the call, and then 0
//     0x0050  polled     u64  set by the host while it looks for calls without being rung for
//     0x0058  late       u64  how many records of late sends the Keep has put down (batch.hpp)
//     0x0060  late_ok    u64  set by the host while it looks for such records by itself
//     0x0068  room       u64  host: bytes that the socket of this SendTo takes late next
//     0x1000  data       256 KiB: buffers, named by Extents in the arguments; never by
//     pointers
//
// Words are 8 bytes, aligned, written and read whole. Each side copies a word once, checks the copy
// and uses the copy.

#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace protocol::hostcall {

inline constexpr std::size_t data_offset = 0x1000;
inline constexpr std::size_t data_size = 256 << 10;
inline constexpr std::size_t block_size = data_offset + data_size;
inline constexpr std::size_t max_arguments = 6;
inline constexpr std::int64_t max_errno = 133;
inline constexpr std::uint16_t doorbell_port = 0x2e0;

enum class Turn : std::uint64_t { Keep = 0, Host = 1 };

struct Header {
    std::uint64_t turn;   // 0x00
    std::uint64_t number; // 0x08
    std::uint64_t
        arguments[max_arguments]; // 0x10  NOLINT(*-avoid-c-arrays): its words are read as volatile
    std::int64_t answer;          // 0x40
    std::uint64_t closing;        // 0x48  two handles + 1, or 0, to close before the call
    std::uint64_t polled;         // 0x50  the host's: not 0 while it looks without being rung for
    std::uint64_t late;           // 0x58  of the first vCPU; these three: batch.hpp
    std::uint64_t late_ok;        // 0x60  the host's
    std::uint64_t room;           // 0x68  the host's
};
static_assert(offsetof(Header, arguments) == 0x10 && offsetof(Header, answer) == 0x40);
static_assert(sizeof(Header) <= data_offset);

// A buffer in the block's data: [offset, offset + size). Made only by checking, so it always lies
// inside.
class Extent {
public:
    static constexpr std::optional<Extent> create(std::uint64_t offset, std::uint64_t size) {
        if (offset > data_size || size > data_size - offset) return {};
        return Extent{static_cast<std::uint32_t>(offset), static_cast<std::uint32_t>(size)};
    }
    static constexpr std::optional<Extent> decode(std::uint64_t word) {
        return create(word & 0xffff'ffff, word >> 32);
    }

    constexpr std::uint64_t encode() const { return offset_ | std::uint64_t{size_} << 32; }
    constexpr std::uint32_t offset() const { return offset_; }
    constexpr std::uint32_t size() const { return size_; }

private:
    constexpr Extent(std::uint32_t offset, std::uint32_t size) : offset_{offset}, size_{size} {}

    std::uint32_t offset_;
    std::uint32_t size_;
};

// The host's answer to a call whose value can be at most `limit`: that value, the host's errno, or
// Proto if it is neither.
constexpr base::Result<std::uint64_t> check_answer(std::int64_t answer, std::uint64_t limit) {
    if (answer >= 0) {
        auto const value = static_cast<std::uint64_t>(answer);
        if (value > limit) return std::unexpected(base::Errno::Proto);
        return value;
    }
    if (answer < -max_errno) return std::unexpected(base::Errno::Proto);
    return std::unexpected(static_cast<base::Errno>(-answer));
}

} // namespace protocol::hostcall
