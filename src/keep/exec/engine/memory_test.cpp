// Limits of memory, and what WASI sees of a memory that grows, moves or is shared.

#include "keep/exec/engine/linear_memory.hpp"
#include "keep/exec/engine/testing.hpp"
#include "keep/exec/vfs/memory.hpp"

#include <array>
#include <cstring>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace exec;
using namespace exec::engine;
using ::testing::StartsWith;

constexpr std::uint64_t page = 65536;

std::shared_ptr<base::Budget> limit(std::optional<std::uint64_t> bytes) {
    return std::make_shared<base::Budget>(bytes);
}

Settings within(std::uint64_t bytes) { return {.memory = limit(bytes)}; }

TEST(MemoryLimit, refuses_a_module_that_wants_more_at_its_start) {
    auto const text = R"((module (memory 3) (func (export "_start"))))";
    EXPECT_THAT(outcome_of(text, {}, within((3 * page) - 1)), StartsWith("memory-limit: "));
    EXPECT_EQ(outcome_of(text, {}, within(3 * page)), "exit 0");
}

TEST(MemoryLimit, makes_growing_beyond_it_fail_without_a_trap) {
    auto const text =
        R"((module (memory 1) (func (export "f") (param i32) (result i32) (memory.grow (local.get 0)))))";
    EXPECT_EQ(outcome_of(text, {"f", {"2"}}, within(3 * page)), "exit 0: 1");
    EXPECT_EQ(outcome_of(text, {"f", {"3"}}, within(3 * page)), "exit 0: -1");
    EXPECT_EQ(outcome_of(text, {"f", {"65535"}}, within(3 * page)), "exit 0: -1");
}

TEST(MemoryLimit, counts_all_memories_together) {
    auto const text = R"((module (memory $a 1) (memory $b 1)
        (func (export "f") (result i32) (drop (memory.grow $a (i32.const 1))) (memory.grow $b (i32.const 1)))))";
    EXPECT_EQ(outcome_of(text, {"f", {}}, within(4 * page)), "exit 0: 1");
    EXPECT_EQ(outcome_of(text, {"f", {}}, within(3 * page)), "exit 0: -1");
    EXPECT_THAT(outcome_of(text, {"f", {}}, within(1 * page)), StartsWith("memory-limit: "));
}

TEST(MemoryLimit, holds_for_shared_memories_too) {
    auto const text =
        R"((module (memory 1 100 shared) (func (export "f") (result i32) (memory.grow (i32.const 2)))))";
    EXPECT_EQ(outcome_of(text, {"f", {}}, within(3 * page)), "exit 0: 1");
    EXPECT_EQ(outcome_of(text, {"f", {}}, within(2 * page)), "exit 0: -1");
}

TEST(MemoryLimit, is_one_for_linear_memories_and_files_in_memory) {
    auto const text =
        R"((module (memory 1) (func (export "f") (param i32) (result i32) (memory.grow (local.get 0)))))";
    auto const memory = limit(10 * page);
    auto const mount = vfs::make_memory({.within = memory, .now = [] { return 1; }});
    auto const file = mount->open("file", {.write = true, .create = true});
    ASSERT_TRUE(file);
    std::vector<std::byte> const content(4 * page);
    std::array const buffers{std::span<std::byte const>{content}};
    auto& opened = *std::get<std::unique_ptr<vfs::File>>(*file);
    EXPECT_EQ(opened.write_at(buffers, 0), 4 * page);
    // The name takes a little of the sixth page.
    EXPECT_EQ(outcome_of(text, {"f", {"4"}}, {.memory = memory}), "exit 0: 1");
    EXPECT_EQ(outcome_of(text, {"f", {"5"}}, {.memory = memory}), "exit 0: -1");
    ASSERT_TRUE(memory->take(4 * page)); // as much as that memory had
    EXPECT_EQ(opened.write_at(buffers, 4 * page), page);
    EXPECT_EQ(opened.write_at(buffers, 8 * page).error(), base::Errno::NoSpc);
}

TEST(Memory, keeps_its_own_maximum) {
    EXPECT_EQ(
        outcome_of(
            R"((module (memory 1 2) (func (export "f") (result i32) (memory.grow (i32.const 2)))))",
            {"f", {}}
        ),
        "exit 0: -1"
    );
}

TEST(Memory, that_the_system_does_not_have_is_told) {
    EXPECT_THAT(
        outcome_of(R"((module (memory i64 0x40000000000) (func (export "_start"))))"),
        StartsWith("out-of-memory: ")
    );
}

// The count of arguments, written by WASI to the address given and read back by the application.
std::string count_arguments(std::string const& memory, std::string const& before) {
    wasi::Context context;
    context.args = {"one", "two", "three"};
    auto const text =
        R"((module (import "wasi_snapshot_preview1" "args_sizes_get" (func $sizes (param i32 i32) (result i32)))
        (memory (export "memory") )" +
        memory + R"()
        (func (export "f") (param i32) (result i32 i32) )" +
        before + R"(
            (call $sizes (local.get 0) (i32.const 8)) (i32.load (local.get 0)))))";
    return told(run_text(text, {.invoke = "f", .arguments = {"65536"}}, {}, context));
}

TEST(Memory, is_seen_by_wasi_where_it_has_grown_to) {
    EXPECT_EQ(count_arguments("1", "(drop (memory.grow (i32.const 1)))"), "exit 0: 0: 3");
}

TEST(Memory, is_seen_by_wasi_only_as_far_as_it_goes) {
    constexpr auto fault = "21"; // errno of WASI
    auto const told = count_arguments("1", "");
    EXPECT_THAT(told, StartsWith("trap: ")) << "the application's own load";
    wasi::Context context;
    EXPECT_EQ(
        exec::engine::told(run_text(
            R"((module (import "wasi_snapshot_preview1" "args_sizes_get" (func $sizes (param i32 i32) (result i32)))
            (memory (export "memory") 1) (func (export "f") (result i32) (call $sizes (i32.const 65536) (i32.const 0)))))",
            {"f", {}},
            {},
            context
        )),
        std::string{"exit 0: "} + fault
    );
}

TEST(Memory, that_is_shared_is_seen_by_wasi) {
    EXPECT_EQ(count_arguments("2 4 shared", ""), "exit 0: 0: 3");
    EXPECT_EQ(count_arguments("1 4 shared", "(drop (memory.grow (i32.const 1)))"), "exit 0: 0: 3");
}

TEST(Memory, that_is_not_exported_makes_every_pointer_a_fault) {
    EXPECT_EQ(
        outcome_of(
            R"((module (import "wasi_snapshot_preview1" "args_sizes_get" (func $sizes (param i32 i32) (result i32)))
            (memory 1) (func (export "f") (result i32) (call $sizes (i32.const 0) (i32.const 8)))))",
            {"f", {}}
        ),
        "exit 0: 21"
    );
}

TEST(LinearMemory, keeps_its_bytes_when_it_has_to_move) {
    auto const bytes = limit({});
    MemoryBudget budget{bytes};
    auto const memory =
        LinearMemory::create(budget, {.minimum = page, .reserved = page, .guard = page});
    ASSERT_TRUE(memory);
    auto const before = (*memory)->bytes();
    std::memset(before.data(), 0x5a, before.size());
    ASSERT_TRUE((*memory)->grow_to(3 * page));
    auto const after = (*memory)->bytes();
    EXPECT_NE(after.data(), before.data());
    EXPECT_EQ(after.size(), 3 * page);
    EXPECT_EQ(after[page - 1], std::byte{0x5a});
    EXPECT_EQ(after[page], std::byte{0});
    EXPECT_EQ(budget.find(after.data()), memory->get());
}

TEST(LinearMemory, gives_back_what_it_took_when_it_goes) {
    auto const bytes = limit(4 * page);
    MemoryBudget budget{bytes};
    {
        auto const memory =
            LinearMemory::create(budget, {.minimum = 4 * page, .reserved = 4 * page, .guard = 0});
        ASSERT_TRUE(memory);
        EXPECT_FALSE(LinearMemory::create(budget, {.minimum = page, .reserved = page, .guard = 0}));
        EXPECT_EQ(budget.last_refusal(), MemoryBudget::Refusal::Budget);
    }
    EXPECT_EQ(bytes->taken(), 0U);
    EXPECT_TRUE(
        LinearMemory::create(budget, {.minimum = 4 * page, .reserved = 4 * page, .guard = 0})
    );
}

TEST(LinearMemory, that_could_not_be_had_takes_nothing_from_the_budget) {
    auto const bytes = limit({});
    MemoryBudget budget{bytes};
    EXPECT_FALSE(LinearMemory::create(budget, {.minimum = 1ULL << 47, .reserved = 0, .guard = 0}));
    EXPECT_EQ(bytes->taken(), 0U);
    auto const memory =
        LinearMemory::create(budget, {.minimum = page, .reserved = page, .guard = 0});
    ASSERT_TRUE(memory);
    EXPECT_FALSE((*memory)->grow_to(1ULL << 47));
    EXPECT_EQ(bytes->taken(), page);
    EXPECT_EQ((*memory)->bytes().size(), page);
}

} // namespace
