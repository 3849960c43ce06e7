// A program whose pages are checked, and a host that changes them: start from a good file and a
// good tree, change one part, expect that the Keep ends at the page that is touched, and at no
// other.

#include "crypto/digest.hpp"
#include "keep/shim/platform/fake/world.hpp"
#include "keep/shim/start/start.hpp"
#include "protocol/program/build.hpp"

#include <atomic>
#include <chrono>
#include <cstring>
#include <thread>

#include <elf.h>
#include <gtest/gtest.h>

namespace shim {
namespace {

using base::Errno;
using protocol::hostcall::EndReason;
using protocol::hostcall::whole_program;
using protocol::program::build_tree;
using protocol::program::Page;

constexpr std::uint64_t page_size = hw::page_size;
constexpr std::uint64_t pages = 300; // two levels of nodes
constexpr std::uint64_t text_pages = 200;
constexpr std::uint64_t data_bytes =
    50 * page_size + 100; // then zeros, to the end of two pages more
constexpr std::uint64_t data_memory = 53 * page_size;
constexpr std::uint64_t file_place = fake::first_memory; // behind what is the Keep's
constexpr std::uint64_t tree_place = file_place + (pages * page_size);
constexpr std::uint64_t program_base = program_space.begin + (2ULL << 20);
constexpr std::uint64_t data_at = program_base + (4ULL << 20);

// A program of two segments, text of 200 pages and data of 51; what lies behind them is not loaded.
std::vector<std::byte> make_program() {
    std::vector<std::byte> file(pages * page_size - 1000);
    for (std::size_t i = 0; i < file.size(); ++i)
        file[i] = static_cast<std::byte>(i * 7 + i / page_size);
    Elf64_Ehdr header{};
    std::memcpy(header.e_ident, ELFMAG, SELFMAG);
    header.e_ident[EI_CLASS] = ELFCLASS64;
    header.e_ident[EI_DATA] = ELFDATA2LSB;
    header.e_type = ET_DYN;
    header.e_machine = EM_X86_64;
    header.e_entry = 0x1000;
    header.e_phoff = sizeof header;
    header.e_phentsize = sizeof(Elf64_Phdr);
    header.e_phnum = 2;
    std::array<Elf64_Phdr, 2> segments{};
    segments[0] = {
        PT_LOAD, PF_R | PF_X, 0, 0, 0, text_pages * page_size, text_pages * page_size, page_size
    };
    segments[1] = {
        PT_LOAD,
        PF_R | PF_W,
        text_pages * page_size,
        data_at - program_base,
        0,
        data_bytes,
        data_memory,
        page_size
    };
    std::memcpy(file.data(), &header, sizeof header);
    std::memcpy(file.data() + sizeof header, segments.data(), sizeof segments);
    return file;
}

struct HostileProgram : testing::Test {
    fake::World world;
    std::vector<std::byte> const program = make_program();
    protocol::program::BuiltTree const built =
        *build_tree(program, [](Page const& page) { return crypto::sha256(page); });
    protocol::launch::Boot boot{};
    Kernel& kernel = world.kernel();

    HostileProgram() {
        std::ranges::copy(program, file());
        std::ranges::copy(built.bytes, tree());
        boot.program = file_place;
        boot.program_size = program.size();
        boot.tree = tree_place;
        boot.memory = file_place + (64 << 20);
    }

    // What the host holds and may change.
    static std::byte* file() { return physical(hw::PhysAddr{file_place}); }
    static std::byte* tree() { return physical(hw::PhysAddr{tree_place}); }

    base::Result<LoadedProgram> load() {
        TRY(kernel.program.open(boot, built.root));
        return load_program(kernel, program_base);
    }
    static std::uint64_t text(std::uint64_t page) { return program_base + (page * page_size); }
    std::byte expected(std::uint64_t offset) const { return program[offset]; }

    // How the Keep ends if the program reads a byte there; nothing if it goes on.
    std::optional<fake::Ended> touch(std::uint64_t at) {
        try {
            Frame frame{};
            frame.vector = Vector::PageFault;
            frame.fault_address = at;
            frame.cs = user_code_selector;
            world.raise(frame);
        } catch (fake::Ended const& end) {
            return end;
        }
        return {};
    }
    void expect_refused(std::uint64_t at, std::uint64_t page) {
        auto const end = touch(at);
        ASSERT_TRUE(end) << page;
        EXPECT_EQ(end->reason, EndReason::ProgramChanged);
        EXPECT_EQ(end->detail, page);
        EXPECT_EQ(end->status, 125U);
    }
    void expect_refused_at_start(std::uint64_t page) {
        try {
            static_cast<void>(load());
            ADD_FAILURE() << "loaded";
        } catch (fake::Ended const& end) {
            EXPECT_EQ(end.reason, EndReason::ProgramChanged);
            EXPECT_EQ(end.detail, page);
        }
    }
};

TEST_F(HostileProgram, that_is_unchanged_is_found_in_memory_as_in_its_file) {
    ASSERT_TRUE(load());
    for (std::uint64_t page = 0; page < text_pages; ++page) {
        auto const found = world.get(text(page), page_size);
        ASSERT_EQ(found.size(), 4096U);
        EXPECT_EQ(std::memcmp(found.data(), &program[page * page_size], page_size), 0) << page;
    }
    auto const data = world.get(data_at, data_memory);
    ASSERT_EQ(data.size(), data_memory);
    EXPECT_EQ(std::memcmp(data.data(), &program[text_pages * page_size], data_bytes), 0);
    EXPECT_TRUE(std::ranges::all_of(std::span{data}.subspan(data_bytes), [](std::byte b) {
        return b == std::byte{0};
    }));
}

TEST_F(HostileProgram, costs_a_check_for_each_page_that_is_touched_and_for_no_other) {
    ASSERT_TRUE(load());
    auto const at_start = kernel.program.checked();
    EXPECT_LE(at_start, 5U); // headers, and the page where the data ends
    EXPECT_FALSE(touch(text(3)));
    EXPECT_FALSE(touch(text(3) + 17));
    EXPECT_FALSE(touch(text(140)));
    EXPECT_EQ(kernel.program.checked(), at_start + 2);
}

TEST_F(HostileProgram, that_differs_in_one_byte_ends_the_keep_at_its_page_and_at_no_other) {
    ASSERT_TRUE(load());
    for (std::uint64_t page = 1; page < text_pages; ++page)
        file()[page * page_size + page * 37 % page_size] ^= std::byte{0x10};
    for (std::uint64_t page = 1; page < text_pages; ++page) expect_refused(text(page), page);
    EXPECT_FALSE(touch(text(0)));
    EXPECT_FALSE(touch(data_at));
}

TEST_F(HostileProgram, is_refused_for_every_byte_of_a_page) {
    ASSERT_TRUE(load());
    for (std::uint64_t i = 0; i < page_size; ++i) {
        file()[7 * page_size + i] ^= std::byte{1};
        expect_refused(text(7), 7);
        file()[7 * page_size + i] ^= std::byte{1};
    }
    EXPECT_FALSE(touch(text(7)));
}

TEST_F(HostileProgram, that_differs_where_nothing_is_touched_runs) {
    ASSERT_TRUE(load());
    file()[100 * page_size] ^= std::byte{1};
    file()[(pages - 1) * page_size] ^= std::byte{1}; // not even loaded
    EXPECT_FALSE(touch(text(99)));
    EXPECT_FALSE(touch(text(101)));
    expect_refused(text(100), 100);
}

TEST_F(HostileProgram, whose_headers_differ_is_not_loaded) {
    for (std::size_t i = 0; i < sizeof(Elf64_Ehdr) + 2 * sizeof(Elf64_Phdr); i += 5) {
        file()[i] ^= std::byte{4};
        expect_refused_at_start(0);
        file()[i] ^= std::byte{4};
    }
}

TEST_F(HostileProgram, whose_tree_differs_is_refused_wherever_the_change_is_on_the_way) {
    auto const shape = *protocol::program::Tree::create(program.size());
    for (std::uint64_t node = 0; node < shape.nodes(); ++node) {
        for (std::uint64_t at = node * page_size; at < (node + 1) * page_size; at += 255) {
            fake::World fresh;
            std::ranges::copy(program, file());
            std::ranges::copy(built.bytes, tree());
            tree()[at] ^= std::byte{1};
            auto& shaken = fresh.kernel().program;
            ASSERT_TRUE(shaken.open(boot, built.root));
            for (std::uint64_t page = 0; page < pages; page += 64) {
                bool refused = false;
                try {
                    ASSERT_TRUE(shaken.page(page * page_size));
                } catch (fake::Ended const& end) {
                    refused = end.reason == EndReason::ProgramChanged && end.detail == page;
                }
                EXPECT_EQ(refused, node == 0 || shape.place(0, page).node == node) << at;
            }
        }
    }
}

TEST_F(HostileProgram, with_a_page_in_the_place_of_another_is_refused) {
    ASSERT_TRUE(load());
    std::memcpy(file() + (5 * page_size), &program[6 * page_size], page_size);
    expect_refused(text(5), 5);
    EXPECT_FALSE(touch(text(6)));
}

TEST_F(HostileProgram, with_a_tree_that_ends_early_is_refused) {
    // The node of the page that holds the end of the data and the beginning of the zeros.
    std::memset(tree() + (2 * page_size), 0, built.bytes.size() - 2 * page_size);
    expect_refused_at_start(250);
}

TEST_F(HostileProgram, under_the_root_of_another_one_is_refused_at_its_first_page) {
    auto other = program;
    other[250 * page_size] ^= std::byte{1};
    auto const root =
        build_tree(other, [](Page const& page) { return crypto::sha256(page); })->root;
    ASSERT_TRUE(kernel.program.open(boot, root));
    try {
        static_cast<void>(load_program(kernel, program_base));
        ADD_FAILURE() << "loaded";
    } catch (fake::Ended const& end) {
        EXPECT_EQ(end.reason, EndReason::ProgramChanged);
    }
}

TEST_F(HostileProgram, of_another_size_is_refused_before_anything_is_read) {
    for (std::int64_t const more : {-1L, 1L, 4096L, -4096L}) {
        boot.program_size = program.size() + static_cast<std::uint64_t>(more);
        expect_refused_at_start(whole_program);
    }
}

TEST_F(HostileProgram, with_a_tree_outside_of_what_is_the_hosts_is_a_protocol_error) {
    std::array<std::uint64_t, 7> const lies{
        0, 0x40'0000, tree_place + 1, boot.memory, boot.memory - page_size, ~0ULL, ~0xfffULL
    };
    for (auto const place : lies) {
        boot.tree = place;
        EXPECT_EQ(load().error(), Errno::Proto) << place;
    }
}

TEST_F(HostileProgram, is_not_loaded_at_all_by_an_image_that_was_made_for_none) {
    EXPECT_EQ(kernel.program.open(boot, {}).error(), Errno::Inval);
}

TEST_F(HostileProgram, that_changes_after_a_page_was_used_changes_nothing_for_the_program) {
    ASSERT_TRUE(load());
    EXPECT_FALSE(touch(text(9)));
    std::memset(file(), 0xcc, program.size());
    std::memset(tree(), 0xcc, built.bytes.size());
    auto const found = world.get(text(9), page_size);
    EXPECT_EQ(std::memcmp(found.data(), &program[9 * page_size], page_size), 0);
}

TEST_F(HostileProgram, that_changes_while_it_is_fetched_is_never_used_as_anything_else) {
    ASSERT_TRUE(load());
    std::atomic<bool> stop = false;
    std::thread host{[&] {
        // Safety: the host's writes race on purpose; the shim must not care.
        auto volatile* const byte =
            reinterpret_cast<char volatile*>(file() + (11 * page_size) + 2048);
        while (!stop) *byte = static_cast<char>(*byte ^ 1);
    }};
    // That it comes out differently from one time to the next shows that the other thread really
    // ran meanwhile, and not before or after.
    constexpr unsigned enough = 400;
    auto const until = std::chrono::steady_clock::now() + std::chrono::seconds{30};
    unsigned changes = 0;
    bool refused = false;
    while (changes < enough && std::chrono::steady_clock::now() < until) {
        bool const refused_before = std::exchange(refused, touch(text(11)).has_value());
        if (refused != refused_before) ++changes;
        if (refused) continue;
        auto const found = world.get(text(11), page_size);
        ASSERT_EQ(std::memcmp(found.data(), &program[11 * page_size], page_size), 0);
        ASSERT_TRUE(kernel.space.discard({text(11), text(12)}));
    }
    stop = true;
    host.join();
    EXPECT_GT(changes, 0U);
}

TEST_F(HostileProgram, is_checked_where_a_system_call_reads_its_pages) {
    ASSERT_TRUE(load());
    unsigned sent = 0;
    world.set_host([&](Call call, Arguments const&, std::span<std::byte> data) -> std::int64_t {
        if (call != Call::Write) return -38;
        ++sent;
        EXPECT_EQ(data[0], program[20 * page_size]);
        return 64;
    });
    kernel.files.put(1, {.kind = File::Kind::Host, .handle = 1});
    EXPECT_EQ(world.call(1, {1, text(20), 64}), 64);
    file()[21 * page_size] ^= std::byte{1};
    EXPECT_THROW(world.call(1, {1, text(21), 64}), fake::Ended);
    EXPECT_EQ(sent, 1U);
}

TEST_F(HostileProgram, keeps_what_the_program_wrote_to_its_data_and_shares_it_with_nobody) {
    ASSERT_TRUE(load());
    ASSERT_TRUE(kernel.user.store(data_at + 8, 0x1122'3344'5566'7788ULL));
    EXPECT_EQ(kernel.user.load<std::uint64_t>(data_at + 8).value(), 0x1122'3344'5566'7788ULL);
    EXPECT_EQ(std::memcmp(file(), program.data(), program.size()), 0);
    EXPECT_EQ(kernel.user.store(text(1), 'x').error(), Errno::Fault);
}

TEST_F(HostileProgram, whose_memory_the_program_splits_and_protects_comes_from_the_same_places) {
    ASSERT_TRUE(load());
    ASSERT_TRUE(kernel.space.unmap({text(30), text(31)}));
    ASSERT_TRUE(kernel.space.protect({text(40), text(50)}, Access::Read));
    ASSERT_TRUE(kernel.space.protect({text(60), text(61)}, Access::Read | Access::Write));
    for (std::uint64_t const page : {29U, 31U, 39U, 40U, 45U, 50U, 60U, 199U}) {
        auto const found = world.get(text(page), page_size);
        ASSERT_EQ(found.size(), 4096U) << page;
        EXPECT_EQ(std::memcmp(found.data(), &program[page * page_size], page_size), 0) << page;
    }
    EXPECT_TRUE(world.get(text(30), 1).empty());
    ASSERT_TRUE(kernel.user.store(text(60), 'x'));
    ASSERT_TRUE(kernel.space.discard({text(60), text(61)}));
    EXPECT_EQ(
        world.get(text(60), 1)[0], expected(60 * page_size)
    ); // as a file that is mapped privately
}

TEST_F(HostileProgram, with_a_segment_that_the_file_does_not_hold_is_no_program) {
    auto bad = program;
    auto const size = pages * page_size;
    std::memcpy(&bad[sizeof(Elf64_Ehdr) + offsetof(Elf64_Phdr, p_filesz)], &size, sizeof size);
    std::memcpy(&bad[sizeof(Elf64_Ehdr) + offsetof(Elf64_Phdr, p_memsz)], &size, sizeof size);
    auto const of_bad = *build_tree(bad, [](Page const& page) { return crypto::sha256(page); });
    std::ranges::copy(bad, file());
    std::ranges::copy(of_bad.bytes, tree());
    ASSERT_TRUE(kernel.program.open(boot, of_bad.root));
    EXPECT_EQ(load_program(kernel, program_base).error(), Errno::NoExec);
}

} // namespace
} // namespace shim
