#include "keep/exec/wasi/descriptor_table.hpp"

#include <gtest/gtest.h>

namespace exec::wasi {
namespace {

Descriptor null(Rights rights = 0) { return {.object = Null{}, .rights_base = rights}; }
Descriptor socket() { return {.object = Connected{}}; }

TEST(DescriptorTable, GivesTheLowestFreeNumberFromThreeOn) {
    DescriptorTable table{{}};
    ASSERT_TRUE(table.insert_at(Fd{4}, null()));
    EXPECT_EQ(table.insert(null()), Fd{3});
    EXPECT_EQ(table.insert(null()), Fd{5});
    ASSERT_TRUE(table.close(Fd{3}));
    EXPECT_EQ(table.insert(null()), Fd{3});
}

TEST(DescriptorTable, GivesAStandardNumberAgainOnceTheApplicationClosedIt) {
    DescriptorTable table{{}};
    ASSERT_TRUE(table.insert_at(Fd{1}, null()));
    ASSERT_TRUE(table.close(Fd{1}));
    EXPECT_EQ(table.insert(null()), Fd{1});
}

TEST(DescriptorTable, NeverGivesAStandardNumberToAnAcceptedSocket) {
    DescriptorTable table{{}};
    ASSERT_TRUE(table.insert_at(Fd{1}, null()));
    ASSERT_TRUE(table.close(Fd{1}));
    EXPECT_EQ(table.insert(socket(), 3), Fd{3});
    EXPECT_EQ(table.insert(null()), Fd{1});
}

TEST(DescriptorTable, ATakenNumberIsRefused) {
    DescriptorTable table{{}};
    ASSERT_TRUE(table.insert_at(Fd{0}, null()));
    EXPECT_EQ(table.insert_at(Fd{0}, null()).error(), Errno::Exist);
    EXPECT_EQ(table.insert_at(Fd{UINT32_MAX}, null()).error(), Errno::Inval);
}

TEST(DescriptorTable, HoldsTheLimitOfOpenFilesAcrossClosingAndRenumbering) {
    DescriptorTable table{{.open_files = 2, .sockets = 2}};
    ASSERT_TRUE(table.insert(null()));
    ASSERT_TRUE(table.insert(null()));
    EXPECT_EQ(table.insert(null()).error(), Errno::NFile);
    ASSERT_TRUE(table.renumber(Fd{3}, Fd{4}));
    EXPECT_EQ(table.insert(null()), Fd{3});
    EXPECT_EQ(table.insert(null()).error(), Errno::NFile);
}

TEST(DescriptorTable, HoldsTheLimitOfSockets) {
    DescriptorTable table{{.open_files = 10, .sockets = 1}};
    ASSERT_TRUE(table.insert(socket()));
    EXPECT_EQ(table.insert(socket()).error(), Errno::NFile);
    EXPECT_TRUE(table.insert(null()));
    ASSERT_TRUE(table.renumber(Fd{4}, Fd{3}));
    EXPECT_TRUE(table.insert(socket()));
}

TEST(DescriptorTable, RenumbersOnlyBetweenOpenNumbers) {
    DescriptorTable table{{}};
    ASSERT_TRUE(table.insert(null()));
    EXPECT_EQ(table.renumber(Fd{3}, Fd{4}).error(), Errno::BadF);
    EXPECT_EQ(table.renumber(Fd{4}, Fd{3}).error(), Errno::BadF);
    EXPECT_TRUE(table.renumber(Fd{3}, Fd{3}));
    EXPECT_TRUE(table.find(Fd{3}));
}

TEST(DescriptorTable, LacksOfRightsHaveTheErrorsOfTheirKind) {
    DescriptorTable table{{}};
    ASSERT_TRUE(table.insert(null(right::fd_seek)));
    EXPECT_TRUE(table.find(Fd{3}, right::fd_seek));
    EXPECT_EQ(table.find(Fd{3}, right::fd_read).error(), Errno::BadF);
    EXPECT_EQ(table.find(Fd{3}, right::fd_advise).error(), Errno::NotCapable);
    EXPECT_EQ(table.find(Fd{7}, 0).error(), Errno::BadF);
}

} // namespace
} // namespace exec::wasi
