#include "keep/shim/platform/fake/audit.hpp"
#include "keep/shim/platform/fake/world.hpp"

#include <gtest/gtest.h>

namespace shim::fake {
namespace {

constexpr auto read_write = Access::Read | Access::Write;

struct AuditTest : testing::Test {
    World world{{.cpus = 2}};
    PageTable table{world.kernel().pool};

    static char const* audit() {
        return audit_pages(protocol::launch::files_address, first_memory);
    }
};

TEST_F(AuditTest, finds_nothing_in_what_a_program_maps) {
    EXPECT_NE(world.room(64 << 10), 0U);
    EXPECT_TRUE(world.kernel().space.map(4 << 20, Access::Read));
    EXPECT_EQ(audit(), nullptr);
}

TEST_F(AuditTest, finds_a_page_that_is_writable_and_executable) {
    auto* const entry = table.find(world.room(4096));
    *entry = entry->with<Entry::NoExecute>(false);
    EXPECT_STREQ(audit(), "writable and executable");
}

TEST_F(AuditTest, finds_a_page_in_two_places) {
    auto const first = world.room(8192);
    *table.find(first) = *table.find(first + 4096);
    EXPECT_STREQ(audit(), "mapped twice");
}

TEST_F(AuditTest, finds_a_page_of_the_shim) {
    auto const at = world.room(4096);
    *table.find(at) = PageTable::page(hw::PhysAddr{0x40'0000}, read_write, true);
    EXPECT_STREQ(audit(), "not memory of the Keep");
}

TEST_F(AuditTest, finds_a_page_that_went_without_being_forgotten) {
    auto const at = world.room(4096);
    auto* const entry = table.find(at);
    for (unsigned const cpu : {0U, 1U}) { // each remembers for itself
        world.on(cpu);
        ASSERT_TRUE(world.touch(at, Access::Write));
    }
    EXPECT_EQ(world.audit(), nullptr);
    auto const before = std::exchange(*entry, entry->with<Entry::Writable>(false));
    EXPECT_STREQ(world.audit(), "a right that is gone is still known");
    *entry = {};
    EXPECT_STREQ(world.audit(), "a page that is gone is still known");
    *entry = before;
    EXPECT_EQ(world.audit(), nullptr);
    *entry = {};
    Machine::flush();
    EXPECT_STREQ(world.audit(), "a page that is gone is still known") << "of the other vCPU";
    world.on(0);
    Machine::flush();
    EXPECT_EQ(world.audit(), nullptr);
}

TEST(AuditRegisters, finds_what_a_return_would_stumble_over) {
    Frame good{};
    good.cs = user_code_selector;
    good.ss = user_data_selector;
    EXPECT_EQ(audit_registers(good), nullptr);
    auto frame = good;
    frame.rip = 1ULL << 47;
    EXPECT_NE(audit_registers(frame), nullptr);
    frame = good;
    frame.cs = 0x10;
    EXPECT_NE(audit_registers(frame), nullptr);
    frame = good;
    frame.rflags |= 0x3000; // IOPL
    EXPECT_NE(audit_registers(frame), nullptr);
}

} // namespace
} // namespace shim::fake
