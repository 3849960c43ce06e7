#pragma once

// What goes along with the host calls of a Keep that has one vCPU, so that its sockets cost fewer
// of them: bytes that it sends late, and bytes that the host has received ahead of being asked. One
// area, in memory that both sides can change.
//
//     0x0000   records  u64 x 64  the Keep's: number i, counted from its start, at i % 64
//     0x0200   room     u64 x 64  the host's: bytes that the socket of that record takes late next
//     0x1000   late     256 KiB   bytes of the records
//     0x41000  ahead    128 KiB   bytes of sockets that Poll found readable, one behind the other
//
// A late send is one of which the program is told that it has happened, as it is told of bytes in a
// kernel's buffer. The Keep puts down a record and then counts it in Header::late. The host carries
// records out in their order: before each call of this vCPU, and while Header::late_ok is set also
// by itself, a millisecond later at most. It keeps the order of all that it sends on a socket,
// never drops bytes while the socket lives, and tells an error with the next call on it.
//
// Words are 8 bytes, aligned, written and read whole, once.

#include <cstddef>
#include <cstdint>

namespace protocol::hostcall {

inline constexpr std::size_t most_late = 64;             // records on their way
inline constexpr std::size_t most_late_bytes = 64 << 10; // of one
inline constexpr std::size_t most_ahead = 64;            // sockets, in the answer of one Poll
inline constexpr std::size_t room_offset = 0x200;
inline constexpr std::size_t late_offset = 0x1000;
inline constexpr std::size_t late_size = 256 << 10;
inline constexpr std::size_t ahead_offset = late_offset + late_size;
inline constexpr std::size_t ahead_size = 128 << 10;
inline constexpr std::size_t batch_size = ahead_offset + ahead_size;

// A late send: `size` bytes at late_offset + `offset`, for the socket `handle`. What it holds is
// unchecked.
struct Late {
    std::uint32_t handle = 0;
    std::uint32_t offset = 0;
    std::uint32_t size = 0;

    static constexpr Late decode(std::uint64_t word) {
        return {
            .handle = static_cast<std::uint32_t>(word & 0xff'ffff),
            .offset = static_cast<std::uint32_t>(word >> 24 & 0xf'ffff),
            .size = static_cast<std::uint32_t>(word >> 44),
        };
    }
    constexpr std::uint64_t encode() const {
        return handle | std::uint64_t{offset} << 24 | std::uint64_t{size} << 44;
    }
    constexpr bool inside() const {
        return size <= most_late_bytes && offset <= late_size && size <= late_size - offset;
    }
};

// An entry of Poll, a pollfd at first sight. In the question: a handle and what to look for. In the
// answer: how many bytes of the socket the host has received ahead, and whether it has left none
// behind.
struct Polled {
    std::int32_t handle_or_ahead;
    std::int16_t wanted_or_drained;
    std::int16_t found;
};
static_assert(sizeof(Polled) == 8);

// Beside what poll(2) knows: the Keep lets the host receive ahead if the socket is readable. Not
// used by Linux's own bits.
inline constexpr std::int16_t poll_ahead = 0x4000;

} // namespace protocol::hostcall
