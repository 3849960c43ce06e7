#include "keep/exec/vfs/path.hpp"

#include <string>

#include <gtest/gtest.h>

namespace exec::vfs {
namespace {

using base::Errno;

TEST(Path, that_is_empty_names_nothing) { EXPECT_EQ(check_path("").error(), Errno::NoEnt); }

TEST(Path, that_starts_at_a_root_is_refused) { EXPECT_EQ(check_path("/a").error(), Errno::Perm); }

TEST(Path, that_holds_a_nul_is_invalid) {
    using namespace std::string_view_literals;
    EXPECT_EQ(check_path("a\0b"sv).error(), Errno::Inval);
    EXPECT_EQ(check_path("\0"sv).error(), Errno::Inval);
}

TEST(Path, may_have_4095_bytes_and_no_more) {
    EXPECT_TRUE(check_path(std::string(4095, 'a')));
    EXPECT_EQ(check_path(std::string(4096, 'a')).error(), Errno::NameTooLong);
}

TEST(Path, must_be_utf8) {
    EXPECT_TRUE(check_path("gr\u00fc\u00dfe/\u65e5\u672c/\U0001f600"));
    for (auto const* bad :
         {"\xff", "a\x80", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "abcdefgh\xe4"})
        EXPECT_EQ(check_path(bad).error(), Errno::IlSeq) << bad;
}

TEST(Path, splits_into_parent_and_name) {
    auto const one = split("a");
    EXPECT_EQ(one.parent, "");
    EXPECT_EQ(one.name, "a");
    EXPECT_FALSE(one.slash);

    auto const deep = split("a/b//c");
    EXPECT_EQ(deep.parent, "a/b//");
    EXPECT_EQ(deep.name, "c");
}

TEST(Path, tells_slashes_at_its_end) {
    auto const one = split("a//");
    EXPECT_EQ(one.parent, "");
    EXPECT_EQ(one.name, "a");
    EXPECT_TRUE(one.slash);
    EXPECT_EQ(split("a/../").name, "..");
    EXPECT_EQ(split("./").name, ".");
}

} // namespace
} // namespace exec::vfs
