#pragma once

// The shim's one way to the program's memory: by page table, never by the program's addresses.

#include "keep/shim/memory/address_space.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <type_traits>

namespace shim {

class UserMemory {
public:
    explicit UserMemory(AddressSpace& space) : space_{space} {}

    base::Result<void> read(std::uint64_t at, std::span<std::byte> to) {
        return each(
            at, to.size(), Access::Read, [&](std::span<std::byte> part, std::uint64_t done) {
                std::memcpy(to.data() + done, part.data(), part.size());
            }
        );
    }
    base::Result<void> write(std::uint64_t at, std::span<std::byte const> from) {
        return each(
            at, from.size(), Access::Write, [&](std::span<std::byte> part, std::uint64_t done) {
                std::memcpy(part.data(), from.data() + done, part.size());
            }
        );
    }
    base::Result<void> zero(std::uint64_t at, std::uint64_t size) {
        return each(at, size, Access::Write, [](std::span<std::byte> part, std::uint64_t) {
            std::memset(part.data(), 0, part.size());
        });
    }
    base::Result<void> check(std::uint64_t at, std::uint64_t size, Access access) {
        return each(at, size, access, [](std::span<std::byte>, std::uint64_t) {});
    }
    // A text without its final zero; NameTooLong if it does not end within `to`.
    base::Result<std::span<char>> text(std::uint64_t at, std::span<char> to) {
        std::size_t length = 0;
        while (length < to.size()) {
            auto const page = TRY(space_.reach(at + length, Access::Read));
            auto const n = std::min(page.size(), to.size() - length);
            std::memcpy(to.data() + length, page.data(), n);
            for (auto const end = length + n; length < end; ++length)
                if (to[length] == 0) return to.first(length);
        }
        return std::unexpected(base::Errno::NameTooLong);
    }

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
    // action(bytes, done) for each page's part of [at, at + size), brought in and checked.
    template <class Action>
    base::Result<void> each(std::uint64_t at, std::uint64_t size, Access access, Action action) {
        for (std::uint64_t done = 0; done < size;) {
            auto const page = TRY(space_.reach(at + done, access));
            auto const part = page.first(std::min<std::uint64_t>(page.size(), size - done));
            action(part, done);
            done += part.size();
        }
        return {};
    }

    AddressSpace& space_;
};

} // namespace shim
