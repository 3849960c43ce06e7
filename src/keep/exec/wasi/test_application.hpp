#pragma once

// For tests: an application with 64 KiB of memory and an empty directory "/" at descriptor 3.

#include "keep/exec/vfs/memory.hpp"
#include "keep/exec/wasi/functions.hpp"
#include "keep/exec/wasi/rights.hpp"

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace exec::wasi {

struct Application : testing::Test {
    Application() { EXPECT_TRUE(context.add_directory(make_directory(), "/", false)); }

    static std::unique_ptr<vfs::Directory> make_directory() {
        return vfs::make_memory({.now = [time = std::uint64_t{1'000'000}]() mutable {
            return time += 1000;
        }});
    }

    GuestMemory memory() { return {bytes.data(), bytes.size(), false}; }

    // Room in the application's memory that nothing else uses.
    std::uint32_t room(std::size_t size) {
        auto const at = top;
        top = static_cast<std::uint32_t>((at + size + 7) / 8 * 8);
        EXPECT_LE(top, bytes.size());
        return at;
    }
    template <class T> Pointer<T> room_for(std::size_t count = 1) {
        return {room(sizeof(T) * count)};
    }
    template <class T> T at(Pointer<T> from) { return *memory().read(from); }
    std::string text_at(std::uint32_t from, std::size_t length) {
        // Safety: std::string copies bytes.
        return {reinterpret_cast<char const*>(bytes.data()) + from, length};
    }

    Pointer<char> put(std::string_view text) {
        auto const to = room(text.size());
        std::memcpy(bytes.data() + to, text.data(), text.size());
        return {to};
    }
    Pointer<IoVector> put_vectors(std::initializer_list<IoVector> list) {
        auto const to = room_for<IoVector>(list.size());
        std::uint32_t index = 0;
        for (auto const& vector : list)
            EXPECT_TRUE(memory().write(GuestMemory::element(to, index++), vector));
        return to;
    }

    Errno call(auto function, auto... args) {
        auto const result = function(context, memory(), args...);
        return result ? Errno::Success : result.error();
    }
    // A function of a path, with what comes before and behind it.
    Errno call_path(auto function, Fd fd, std::string_view path, auto... args) {
        auto const length = static_cast<std::uint32_t>(path.size());
        return call(function, fd, put(path), length, args...);
    }

    struct Open {
        std::uint32_t lookup = 0;
        std::uint32_t how = 0;
        Rights rights = right::fd_read | right::fd_write;
        std::uint32_t flags = 0;
    };
    Result<Fd> open(std::string_view path, Open with, Fd in = root) {
        auto const out = room_for<std::uint32_t>();
        auto const length = static_cast<std::uint32_t>(path.size());
        TRY(path_open(
            context,
            memory(),
            in,
            with.lookup,
            put(path),
            length,
            with.how,
            with.rights,
            0,
            with.flags,
            out
        ));
        return Fd{at(out)};
    }
    Fd create(std::string_view path, std::string_view content = "") {
        auto const fd = open(path, {.how = open_flag::create});
        EXPECT_TRUE(fd);
        if (!content.empty()) EXPECT_EQ(write(*fd, content), content.size());
        EXPECT_EQ(seek_to(*fd, 0), Errno::Success);
        return *fd;
    }

    Result<std::uint32_t> write(Fd fd, std::string_view text) {
        auto const vectors = put_vectors({{put(text).at, static_cast<std::uint32_t>(text.size())}});
        auto const out = room_for<std::uint32_t>();
        TRY(fd_write(context, memory(), fd, vectors, 1, out));
        return at(out);
    }
    Result<std::string> read(Fd fd, std::uint32_t length) {
        auto const to = room(length);
        auto const out = room_for<std::uint32_t>();
        TRY(fd_read(context, memory(), fd, put_vectors({{to, length}}), 1, out));
        return text_at(to, at(out));
    }
    Errno seek_to(Fd fd, std::uint64_t offset) {
        return call(&fd_seek, fd, offset, std::uint32_t{0}, room_for<std::uint64_t>());
    }
    FdStat fd_stat(Fd fd) {
        auto const out = room_for<FdStat>();
        EXPECT_EQ(call(&fd_fdstat_get, fd, out), Errno::Success);
        return at(out);
    }
    FileStat file_stat(Fd fd) {
        auto const out = room_for<FileStat>();
        EXPECT_EQ(call(&fd_filestat_get, fd, out), Errno::Success);
        return at(out);
    }

    static constexpr Fd root{3};
    alignas(16) std::array<std::byte, 65536> bytes{};
    std::uint32_t top = 64;
    Context context;
};

} // namespace exec::wasi
