#pragma once

// The shim's one way to the program's memory: by page table, never by the program's addresses.

#include "base/shared.hpp"
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
    // Into memory that the host sees, and out of it.
    base::Result<void>
    show(std::uint64_t at, std::uint64_t size, base::Shown& to, std::size_t place) {
        return each(at, size, Access::Read, [&](std::span<std::byte> part, std::uint64_t done) {
            to.put(place + done, part);
        });
    }
    base::Result<void> take(std::uint64_t at, base::Heard from) {
        return each(
            at, from.size(), Access::Write, [&](std::span<std::byte> part, std::uint64_t done) {
                from.part(done, part.size()).fetch(part);
            }
        );
    }
    // The length of a text up to its zero, which counts to `most`; NameTooLong without one.
    base::Result<std::size_t> text_size(std::uint64_t at, std::size_t most) {
        for (std::size_t length = 0; length < most;) {
            auto const page = TRY(space_.reach(at + length, Access::Read));
            auto const part = page.first(std::min(page.size(), most - length));
            auto const end = std::ranges::find(part, std::byte{0});
            length += static_cast<std::size_t>(end - part.begin());
            if (end != part.end()) return length;
        }
        return std::unexpected(base::Errno::NameTooLong);
    }
    // The text without its zero.
    base::Result<std::span<char>> text(std::uint64_t at, std::span<char> to) {
        auto const text = to.first(TRY(text_size(at, to.size())));
        TRY(read(at, std::as_writable_bytes(text)));
        return text;
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
