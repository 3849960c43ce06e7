// A Keep that asks its host to write or to let go where it must not: the host says no, and lives.

#include "play.hpp"

#include <cstring>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace hostile {
namespace {

namespace launch = protocol::launch;
using protocol::hostcall::block_size;

struct KeepThatAsks : testing::Test {
    void SetUp() override {
        if (::access("/dev/kvm", R_OK | W_OK) != 0) {
            fmt::print("SKIP a Keep that asks: /dev/kvm cannot be opened\n");
            GTEST_SKIP();
        }
        auto made = Play::make({"1"});
        ASSERT_TRUE(made) << made.error().text;
        play.emplace(std::move(*made));
        auto const bytes = play->machine().memory(launch::boot_address, sizeof boot);
        ASSERT_TRUE(bytes);
        std::memcpy(&boot, bytes->data(), sizeof boot);
    }

    std::optional<Play> play;
    launch::Boot boot{};
};

TEST_F(
    KeepThatAsks, for_a_block_in_its_programs_file_is_refused_and_any_memory_it_gets_can_be_written
) {
    auto& machine = play->machine();
    unsigned given = 0;
    for (auto at = launch::image_address - block_size; at < boot.memory_end + block_size;
         at += 64 << 10) {
        auto const memory = machine.memory(at, block_size);
        bool const touches_file =
            at + block_size > boot.program && at < boot.program + boot.program_size;
        if (touches_file) EXPECT_FALSE(memory) << fmt::format("{:#x}", at);
        if (!memory) continue;
        ++given;
        // A signal would end this process here, as it would end the Keep's host.
        for (auto const offset : {std::size_t{0}, block_size - 1}) {
            auto volatile& byte = (*memory)[offset];
            auto const before = byte;
            byte = std::byte{1};
            byte = before;
        }
    }
    EXPECT_GT(given, 100U);
}

TEST_F(KeepThatAsks, to_let_go_of_anything_but_its_free_memory_is_refused) {
    auto& machine = play->machine();
    auto const chunk = launch::chunk_size;
    for (auto at = launch::image_address; at < boot.memory; at += chunk)
        EXPECT_FALSE(machine.discard(at, chunk)) << fmt::format("{:#x}", at);
    EXPECT_FALSE(machine.discard(boot.memory - chunk, 2 * chunk));
    EXPECT_FALSE(machine.discard(boot.memory_end, chunk));
    EXPECT_FALSE(machine.discard(boot.memory_end - chunk, 2 * chunk));
    EXPECT_FALSE(machine.discard(boot.memory + 4096, chunk));
    EXPECT_TRUE(machine.discard(boot.memory, chunk));
    EXPECT_EQ(play->run([](Asked const& asked) { asked.words.answer = -5; }).status, 0U);
}

} // namespace
} // namespace hostile
