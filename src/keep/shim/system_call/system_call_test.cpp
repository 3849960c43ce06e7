#include "keep/shim/platform/fake/world.hpp"

#include <algorithm>
#include <cstring>
#include <vector>

#include <gtest/gtest.h>

namespace shim {
namespace {

using base::Errno;
using fake::error;

struct SystemCallTest : testing::Test {
    fake::World world;
};

TEST_F(SystemCallTest, an_unknown_number_is_answered_enosys_and_counted) {
    EXPECT_EQ(world.call(335), error(Errno::NoSys));
    EXPECT_EQ(world.call(~0ULL), error(Errno::NoSys));
    EXPECT_EQ(world.kernel().unknown_calls, 2U);
}

TEST_F(SystemCallTest, memory_is_never_writable_and_executable_at_once) {
    EXPECT_EQ(world.call(9, {0, 4096, 7, 0x22, ~0ULL, 0}), error(Errno::Access));
    auto const at = static_cast<std::uint64_t>(world.call(9, {0, 4096, 3, 0x22, ~0ULL, 0}));
    EXPECT_EQ(world.call(10, {at, 4096, 7}), error(Errno::Access));
    EXPECT_EQ(world.call(10, {at, 4096, 5}), 0);
}

TEST_F(SystemCallTest, no_mapping_can_be_made_outside_the_programs_space) {
    for (std::uint64_t const at :
         {std::uint64_t{0},
          std::uint64_t{0x400000},
          std::uint64_t{0x4000'0000},
          std::uint64_t{1} << 39,
          program_space.end - 4096,
          std::uint64_t{1} << 63})
        EXPECT_LT(world.call(9, {at, 8192, 3, 0x32, ~0ULL, 0}), 0) << std::hex << at;
}

TEST_F(SystemCallTest, an_argument_that_points_into_the_shim_is_a_fault) {
    for (std::uint64_t const at :
         {std::uint64_t{0x400000},
          std::uint64_t{0x4000'0000},
          std::uint64_t{1} << 39,
          ~std::uint64_t{7}}) {
        EXPECT_EQ(world.call(228, {1, at}), error(Errno::Fault)) << std::hex << at; // clock_gettime
        EXPECT_EQ(world.call(318, {at, 8, 0}), error(Errno::Fault)) << std::hex << at; // getrandom
        EXPECT_EQ(world.call(63, {at}), error(Errno::Fault)) << std::hex << at;        // uname
    }
}

TEST_F(SystemCallTest, a_file_in_memory_is_read_to_its_end) {
    std::string_view const text = "0123456789";
    auto& kernel = world.kernel();
    auto const page = kernel.pool.page().value();
    std::memcpy(Machine::memory() + page.raw(), text.data(), text.size());
    kernel.files.put(3, {.kind = File::Kind::Memory, .place = page.raw(), .size = text.size()});
    auto const at = world.room(64);
    EXPECT_EQ(world.call(0, {3, at, 4}), 4);
    EXPECT_EQ(world.call(0, {3, at, 64}), 6);
    EXPECT_EQ(world.call(0, {3, at, 64}), 0);
    EXPECT_EQ(world.call(8, {3, 2, 0}), 2);
    EXPECT_EQ(world.call(0, {3, at, 1}), 1);
    EXPECT_EQ(world.get(at, 1)[0], std::byte{'2'});
    EXPECT_EQ(world.call(17, {3, at, 64, 100}), 0);
}

TEST_F(SystemCallTest, the_resolvers_files_are_there_to_be_read_if_the_host_gave_them) {
    auto& kernel = world.kernel();
    auto const path = world.put("/etc/resolv.conf");
    constexpr std::int64_t working_folder = -100;
    auto const open = [&](std::uint64_t flags) {
        return world.call(257, {static_cast<std::uint64_t>(working_folder), path, flags});
    };
    EXPECT_EQ(open(0), error(Errno::NoEnt));
    auto const page = kernel.pool.page().value();
    std::memcpy(Machine::memory() + page.raw(), "nameserver", 10);
    kernel.named[0] = {.kind = File::Kind::Memory, .place = page.raw(), .size = 10};
    auto const opened = open(0);
    ASSERT_GE(opened, 0);
    auto const at = world.room(64);
    EXPECT_EQ(world.call(0, {static_cast<std::uint64_t>(opened), at, 64}), 10);
    EXPECT_EQ(world.get(at, 1)[0], std::byte{'n'});
    EXPECT_EQ(open(1), error(Errno::NoEnt)); // to write
}

TEST_F(SystemCallTest, of_an_int_only_the_lower_half_of_the_register_counts) {
    constexpr std::uint64_t left_over = 0xdead'beefULL << 32;
    world.kernel().files.put(5, {.kind = File::Kind::Host, .handle = 7});
    world.set_host([](Call, Arguments const&, std::span<std::byte>) { return 0; });
    EXPECT_EQ(world.call(32, {left_over | 5}), 0);                   // dup
    EXPECT_EQ(world.call(33, {left_over | 5, left_over | 6}), 6);    // dup2
    EXPECT_EQ(world.call(74, {left_over | 6}), 0);                   // fsync
    EXPECT_EQ(world.call(72, {left_over | 6, left_over | 1, 0}), 0); // fcntl F_GETFD
    EXPECT_EQ(
        world.call(54, {left_over | 6, left_over | 1, left_over | 9, world.room(4), left_over | 4}),
        0
    );
    EXPECT_EQ(world.call(228, {left_over | 1, world.room(16)}), 0); // clock_gettime
    EXPECT_EQ(world.call(3, {left_over | 6}), 0);                   // close
    EXPECT_EQ(world.call(3, {6}), error(Errno::BadF));
}

TEST_F(SystemCallTest, an_absolute_path_names_nothing) {
    world.kernel().files.put(5, {.kind = File::Kind::Host, .handle = 7});
    EXPECT_EQ(world.call(257, {5, world.put("/etc/passwd"), 0}), error(Errno::NoEnt));
    EXPECT_EQ(world.call(2, {world.put("/etc/passwd"), 0}), error(Errno::NoEnt));
}

TEST_F(
    SystemCallTest,
    openat_forgets_a_mode_that_nothing_is_created_with_and_flags_that_it_does_not_know
) {
    world.kernel().files.put(5, {.kind = File::Kind::Host, .handle = 7});
    std::array<std::uint64_t, 2> asked{}; // flags and mode
    world.set_host([&](Call call, Arguments const& a, std::span<std::byte>) {
        if (call == Call::OpenAt) asked = {a[2], a[3]};
        return error(Errno::NoEnt);
    });
    constexpr std::uint64_t openat2_number = 437;
    constexpr std::uint64_t create = 0100;
    constexpr std::uint64_t unknown = 1U << 30;
    auto const path = world.put("name");
    auto const asks = [&](std::uint64_t flags, std::uint64_t mode) {
        EXPECT_EQ(world.call(257, {5, path, flags, mode}), error(Errno::NoEnt));
        return asked;
    };
    using Pair = std::array<std::uint64_t, 2>;
    EXPECT_EQ(asks(0, 0644), (Pair{0, 0}));
    EXPECT_EQ(asks(create | 2, 0644), (Pair{create | 2, 0644}));
    EXPECT_EQ(asks(create, 0100644), (Pair{create, 0644}));
    EXPECT_EQ(asks(020200002, 0600), (Pair{020200002, 0600})); // O_TMPFILE
    EXPECT_EQ(asks(0200000, 0600), (Pair{0200000, 0}));        // O_DIRECTORY
    EXPECT_EQ(asks(unknown, 0), (Pair{0, 0}));
    EXPECT_EQ(asks(010000000 | create, 0644), (Pair{010000000, 0})); // O_PATH
    // openat2 is strict, and whether it likes these the host knows.
    std::array<std::uint64_t, 3> const how{0, 0644, 0};
    world.call(openat2_number, {5, path, world.put(std::as_bytes(std::span{how})), 24});
    EXPECT_EQ(asked, (Pair{0, 0644}));
}

TEST_F(SystemCallTest, recvfrom_tells_the_size_of_the_address_and_leaves_what_lies_behind_it) {
    world.kernel().files.put(5, {.kind = File::Kind::Host, .handle = 7});
    std::uint32_t told = 16;
    world.set_host([&](Call, Arguments const& a, std::span<std::byte> data) {
        std::memset(data.data() + (a[3] & 0xffff'ffff), 'n', smaller(told, a[3] >> 32));
        std::memcpy(data.data() + (a[4] & 0xffff'ffff), &told, sizeof told);
        return std::int64_t{1};
    });
    auto const receives = [&](std::uint32_t room) {
        auto const buffer = world.put(std::string_view{"........................"});
        auto const size = world.put(std::as_bytes(std::span{&room, 1}));
        auto const got = world.call(45, {5, world.room(8), 8, 0, buffer, size});
        auto const bytes = world.get(buffer, 24);
        return std::to_string(got) + ' ' +
               std::to_string(world.kernel().user.load<std::uint32_t>(size).value()) + ' ' +
               std::string{reinterpret_cast<char const*>(bytes.data()), bytes.size()};
    };
    EXPECT_EQ(receives(24), "1 16 nnnnnnnnnnnnnnnn........");
    EXPECT_EQ(receives(8), "1 16 nnnnnnnn................");
    told = 0; // a stream socket names nobody
    EXPECT_EQ(receives(24), "1 0 ........................");
    told = 129; // no address is that long: a program would read on behind its buffer
    EXPECT_EQ(receives(24), std::to_string(error(Errno::Proto)) + " 24 ........................");
}

TEST_F(SystemCallTest, a_handle_is_closed_with_its_last_descriptor) {
    unsigned closed = 0;
    world.set_host([&](Call call, Arguments const& a, std::span<std::byte>) -> std::int64_t {
        if (call == Call::Close && a[0] == 7) ++closed;
        return 0;
    });
    world.kernel().files.put(5, {.kind = File::Kind::Host, .handle = 7});
    EXPECT_EQ(world.call(33, {5, 9}), 9);
    EXPECT_EQ(world.call(3, {5}), 0);
    EXPECT_EQ(closed, 0U);
    EXPECT_EQ(world.call(3, {9}), 0);
    EXPECT_EQ(closed, 1U);
    EXPECT_EQ(world.call(3, {9}), error(Errno::BadF));
}

TEST_F(SystemCallTest, a_pipe_that_finds_room_for_one_end_only_leaves_none_of_them) {
    std::vector<std::uint64_t> closed;
    world.set_host([&](Call call, Arguments const& a, std::span<std::byte> bytes) -> std::int64_t {
        std::array<std::uint32_t, 2> const handles{100, 101};
        if (call == Call::Pipe) std::memcpy(bytes.data(), handles.data(), sizeof handles);
        if (call == Call::Close) closed.push_back(a[0]);
        return 0;
    });
    auto& files = world.kernel().files;
    for (std::uint32_t i = 0; i + 1 < Descriptors::max_files; ++i)
        files.put(i, {.kind = File::Kind::Host, .handle = 1000 + i});
    auto const ends = world.room(8);
    EXPECT_EQ(world.call(293, {ends, 0}), error(Errno::MFile));
    EXPECT_EQ(closed, (std::vector<std::uint64_t>{101, 100}));
    EXPECT_EQ(world.call(32, {0}), Descriptors::max_files - 1) << "the number is free";
    EXPECT_EQ(world.call(293, {ends, 0}), error(Errno::MFile));
    EXPECT_EQ(closed.size(), 4U);
}

TEST_F(SystemCallTest, a_handler_sees_the_registers_and_what_it_changes_counts) {
    struct Action {
        std::uint64_t handler, flags, restorer, mask;
    } const action{program_space.begin + 0x5000, 4, program_space.begin + 0x6000, 0};
    auto const stack = world.room(64 << 10) + (64 << 10);
    ASSERT_EQ(world.call(13, {11, world.put(std::as_bytes(std::span{&action, 1})), 0, 8}), 0);

    Frame frame{};
    frame.rbx = 0x1234;
    frame.fault_address = 0x10;
    frame.vector = Vector::PageFault;
    frame.error = 6;
    frame.rip = program_space.begin + 0x100;
    frame.cs = user_code_selector;
    frame.rsp = stack;
    world.raise(frame);
    EXPECT_EQ(frame.rip, action.handler);
    EXPECT_EQ(frame.rdi, 11U);
    EXPECT_LT(frame.rsp, stack - 128);

    // The handler moves the program on by two bytes, as one that skips an instruction does, and
    // returns.
    constexpr std::uint64_t rip_in_context = 40 + 16 * 8;
    auto& user = world.kernel().user;
    EXPECT_EQ(
        user.load<std::uint64_t>(frame.rdx + rip_in_context).value(), program_space.begin + 0x100
    );
    ASSERT_TRUE(user.store(frame.rdx + rip_in_context, program_space.begin + 0x102));
    world.frame() = frame;
    world.frame().rsp += 8; // RET
    world.call(15);
    EXPECT_EQ(world.frame().rip, program_space.begin + 0x102);
    EXPECT_EQ(world.frame().rbx, 0x1234U);
    EXPECT_EQ(world.frame().rsp, stack);
    EXPECT_EQ(world.frame().cs, user_code_selector);
}

TEST_F(SystemCallTest, a_fault_that_nobody_handles_ends_the_keep_with_its_signal) {
    Frame frame{};
    frame.fault_address = 0x10;
    frame.vector = Vector::PageFault;
    frame.error = 4;
    frame.rip = program_space.begin;
    frame.cs = user_code_selector;
    try {
        world.raise(frame);
        FAIL();
    } catch (fake::Ended const& end) {
        EXPECT_EQ(end.signal, 11U);
    }
}

TEST_F(SystemCallTest, a_handler_that_no_return_could_reach_ends_the_program_not_the_shim) {
    SignalAction const action{.handler = 1ULL << 63};
    ASSERT_EQ(world.call(13, {10, world.put(std::as_bytes(std::span{&action, 1})), 0, 8}), 0);
    world.frame().rsp = world.room(64 << 10) + (64 << 10);
    try {
        world.call(200, {1, 10}); // tkill
        FAIL();
    } catch (fake::Ended const& end) {
        EXPECT_EQ(end.signal, 11U);
    }
}

TEST_F(SystemCallTest, a_buffer_may_be_larger_than_the_block_has_room_for_beside_a_path) {
    world.kernel().files.put(5, {.kind = File::Kind::Host, .handle = 7});
    world.set_host([](Call, Arguments const&, std::span<std::byte>) { return 4; });
    auto const to = world.room(1 << 20);
    EXPECT_EQ(world.call(267, {5, world.put("link"), to, 1 << 20}), 4);
}

TEST_F(SystemCallTest, poll_tells_nothing_of_an_entry_that_asks_for_nothing) {
    world.set_host([&](Call, Arguments const&, std::span<std::byte> block) {
        std::memset(block.data(), 0xff, 8);
        return std::int64_t{1};
    });
    std::array<std::int16_t, 4> const entry{-1, -1, 1, 0x7fff}; // -1, POLLIN, an old answer
    auto const at = world.put(std::as_bytes(std::span{entry}));
    EXPECT_EQ(world.call(7, {at, 1, 0}), 0);
    EXPECT_EQ(world.kernel().user.load<std::int16_t>(at + 6).value(), 0);
}

TEST_F(SystemCallTest, a_pipe_of_which_only_one_end_gets_a_number_leaves_none) {
    auto& files = world.kernel().files;
    for (bool const lies : {false, true}) {
        std::vector<std::uint64_t> closed;
        world.set_host([&](Call call, Arguments const& a, std::span<std::byte> block) {
            std::array<std::uint32_t, 2> const handles{500, lies ? 1U : 501U};
            if (call == Call::Pipe) std::memcpy(block.data(), handles.data(), sizeof handles);
            if (call == Call::Close) closed.push_back(a[0]);
            return std::int64_t{0};
        });
        while (auto const number = files.add({.kind = File::Kind::Host, .handle = 1}))
            if (*number == Descriptors::max_files - 1) break;
        auto const last = Descriptors::max_files - 1;
        files.remove(last);
        if (lies) files.remove(last - 1);
        EXPECT_LT(world.call(22, {world.room(8)}), 0);
        EXPECT_FALSE(files.find(last) || (lies && files.find(last - 1)));
        EXPECT_EQ(std::ranges::count(closed, 500U), 1);
        EXPECT_EQ(std::ranges::count(closed, 1U), 0) << "which another number stands for";
    }
}

TEST_F(SystemCallTest, a_handle_that_cannot_be_told_is_given_back_to_the_host) {
    constexpr std::uint64_t large_page = 2 << 20;
    auto& files = world.kernel().files;
    files.put(5, {.kind = File::Kind::Host, .handle = 7});
    std::array const room{16U};                             // for an address
    for (std::uint64_t const number : {43, 288, 22, 293}) { // accept, accept4, pipe, pipe2
        bool const pipe = number == 22 || number == 293;
        auto const gone = world.room(large_page);
        auto const size = world.put(std::as_bytes(std::span{room}));
        std::vector<std::uint64_t> closed;
        world.set_host([&](Call call, Arguments const& a, std::span<std::byte> block) {
            std::array<std::uint32_t, 2> const handles{500, 501};
            if (call == Call::Pipe) std::memcpy(block.data(), handles.data(), sizeof handles);
            if (call == Call::Accept) std::memset(block.data() + (a[2] & 0xffff'ffff), 8, 1);
            if (call == Call::Close) closed.push_back(a[0]);
            // Another thread gives the memory back, while this one waits.
            if (call != Call::Close)
                EXPECT_TRUE(world.kernel().space.unmap({gone, gone + large_page}));
            return std::int64_t{call == Call::Accept ? 500 : 0};
        });
        EXPECT_EQ(
            world.call(number, {pipe ? gone : 5, pipe ? 0 : gone, size}), error(Errno::Fault)
        );
        EXPECT_EQ(std::ranges::count(closed, 500U), 1) << number;
        EXPECT_EQ(std::ranges::count(closed, 501U), pipe ? 1 : 0) << number;
        EXPECT_FALSE(files.find(0)) << "and no number stands for it";
    }
}

TEST_F(SystemCallTest, recvmsg_without_room_for_a_name_leaves_its_size_alone) {
    world.kernel().files.put(5, {.kind = File::Kind::Host, .handle = 7});
    world.set_host([](Call, Arguments const& a, std::span<std::byte> data) {
        std::memset(data.data() + (a[4] & 0xffff'ffff), 16, 1); // the peer's address has 16 bytes
        return std::int64_t{0};
    });
    for (bool const named : {false, true}) {
        // struct user_msghdr
        std::array<std::uint64_t, 7> const header{named ? world.room(16) : 0, 13};
        auto const at = world.put(std::as_bytes(std::span{header}));
        EXPECT_EQ(world.call(47, {5, at, 0}), 0);
        EXPECT_EQ(world.kernel().user.load<std::uint32_t>(at + 8).value(), named ? 16U : 13U);
    }
}

TEST_F(SystemCallTest, exit_group_ends_the_keep_with_its_status) {
    try {
        world.call(231, {42});
        FAIL();
    } catch (fake::Ended const& end) {
        EXPECT_EQ(end.status, 42U);
        EXPECT_EQ(end.signal, 0U);
    }
}

} // namespace
} // namespace shim
