#pragma once

// The one way in which the shim reads and writes the program's memory: by page table, never through
// the program's addresses.

#include "keep/shim/memory/address_space.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <type_traits>

namespace shim {

class UserMemory {
public:
    explicit UserMemory(AddressSpace& space) : space_{space} {}

    base::Result<void> read(std::uint64_t at, std::span<std::byte> to);
    base::Result<void> write(std::uint64_t at, std::span<std::byte const> from);
    base::Result<void> zero(std::uint64_t at, std::uint64_t size);
    base::Result<void> check(std::uint64_t at, std::uint64_t size, Access access);
    // A text without its final zero; NameTooLong if it does not end within `to`.
    base::Result<std::span<char>> text(std::uint64_t at, std::span<char> to);

    template <class T>
        requires std::is_trivially_copyable_v<T>
    base::Result<T> load(std::uint64_t at) {
        std::array<std::byte, sizeof(T)> bytes;
        TRY(read(at, bytes));
        return std::bit_cast<T>(bytes);
    }

    template <class T>
        requires std::is_trivially_copyable_v<T>
    base::Result<void> store(std::uint64_t at, T const& value) {
        return write(at, std::as_bytes(std::span{&value, 1}));
    }

private:
    template <class Action>
    base::Result<void> each(std::uint64_t at, std::uint64_t size, Access access, Action action);

    AddressSpace& space_;
};

} // namespace shim
