#pragma once

// The application's linear memory for the length of one call: every access is checked, every struct
// fetched once.
//
// Other threads of the application may write to a shared memory during the call: what is read is
// copied, the copy is checked and used. The bytes behind an I/O buffer are only ever moved, never
// looked at.

#include "base/shared.hpp"
#include "keep/exec/wasi/abi.hpp"

#include <array>
#include <cstring>
#include <span>
#include <string>
#include <vector>

namespace exec::wasi {

// How a T must be aligned in guest memory.
template <class T> inline constexpr std::size_t guest_alignment = alignof(T);
template <class T>
    requires requires { T::alignment; }
inline constexpr std::size_t guest_alignment<T> = T::alignment;

// The buffers of a scattered read (of std::byte) or a gathered write (of std::byte const), those of
// length 0 left out. Not more than `most` of them: what follows is left for the application's next
// call, as after any short read or write.
template <class Byte> class Buffers {
public:
    static constexpr std::size_t most = 1024; // what readv and writev take

    // Errno::Inval if all lengths together do not fit into 32 bits.
    Result<void> add(std::span<Byte> buffer) {
        if (buffer.size() > UINT32_MAX - bytes_) return std::unexpected(Errno::Inval);
        bytes_ += static_cast<std::uint32_t>(buffer.size());
        if (count_ == few) many_.assign(few_.begin(), few_.end());
        if (count_ < few)
            few_[count_] = buffer;
        else
            many_.push_back(buffer);
        ++count_;
        return {};
    }

    std::span<std::span<Byte> const> all() const {
        return {count_ > few ? many_.data() : few_.data(), count_};
    }
    std::size_t count() const { return count_; }
    std::uint32_t bytes() const { return bytes_; }

private:
    static constexpr std::size_t few = 8; // so many cost no allocation
    std::array<std::span<Byte>, few> few_;
    std::vector<std::span<Byte>> many_; // all of them, once there are more than a few
    std::size_t count_ = 0;
    std::uint32_t bytes_ = 0;
};

class GuestMemory {
public:
    GuestMemory(std::byte* base, std::size_t size, bool shared)
        : base_{base}, size_{size}, shared_{shared} {}

    // Errno::Fault beyond the end of memory, Errno::Inval at a wrong alignment.
    template <class T>
        requires std::is_trivially_copyable_v<T>
    Result<T> read(Pointer<T> from) const {
        auto const bytes = TRY(range(from.at, sizeof(T), guest_alignment<T>));
        // Safety: `bytes` has room for a T, and Shared reads it byte by byte.
        if (shared_) return base::Shared<T>{reinterpret_cast<T*>(bytes.data())}.fetch();
        std::array<std::byte, sizeof(T)> copy;
        std::memcpy(copy.data(), bytes.data(), sizeof(T));
        return std::bit_cast<T>(copy);
    }

    template <class T>
        requires std::is_trivially_copyable_v<T>
    Result<void> write(Pointer<T> to, T value) const {
        auto const bytes = TRY(range(to.at, sizeof(T), guest_alignment<T>));
        std::memcpy(bytes.data(), &value, sizeof(T));
        return {};
    }

    // Whether `count` Ts can lie there; before an effect that could not be reported otherwise.
    template <class T> Result<void> check(Pointer<T> at, std::uint64_t count = 1) const {
        (void)TRY(range(at.at, count * sizeof(T), guest_alignment<T>));
        return {};
    }

    // The element number `index` of an array that check() has approved of.
    template <class T> static Pointer<T> element(Pointer<T> array, std::uint32_t index) {
        return {static_cast<std::uint32_t>(array.at + (index * sizeof(T)))};
    }

    // Memory to move bytes to or from.
    Result<std::span<std::byte>> bytes(Pointer<std::byte> at, std::uint32_t length) const {
        return range(at.at, length, 1);
    }

    // The buffers that an array of `count` vectors names.
    Result<Buffers<std::byte>> to_fill(Pointer<IoVector> vectors, std::uint32_t count) const {
        return buffers<std::byte>(vectors, count);
    }
    Result<Buffers<std::byte const>> to_send(Pointer<IoVector> vectors, std::uint32_t count) const {
        return buffers<std::byte const>(vectors, count);
    }

    // A copy of text: Errno::NameTooLong above `most` bytes, Errno::IlSeq if it is not UTF-8,
    // Errno::Inval with a NUL in it.
    Result<std::string> text(Pointer<char> at, std::uint32_t length, std::uint32_t most) const;

private:
    template <class Byte>
    Result<Buffers<Byte>> buffers(Pointer<IoVector> vectors, std::uint32_t count) const;

    Result<std::span<std::byte>>
    range(std::uint32_t at, std::uint64_t length, std::size_t alignment) const {
        if (at % alignment != 0) return std::unexpected(Errno::Inval);
        if (at > size_ || length > size_ - at) return std::unexpected(Errno::Fault);
        return std::span{base_ + at, static_cast<std::size_t>(length)};
    }

    std::byte* base_;
    std::size_t size_; // bytes
    bool shared_;
};

} // namespace exec::wasi
