#include "os/read_file.hpp"

#include <array>
#include <string_view>

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

namespace {

TEST(ReadPart, IsWholeOrAnErrorWhereTheFileEndsBefore) {
    os::Fd const file{::memfd_create("part", 0)};
    constexpr std::string_view text = "0123456789";
    ASSERT_EQ(::write(file.number(), text.data(), text.size()), 10);
    std::array<std::byte, 4> part{};
    ASSERT_TRUE(os::read_part(file, 6, part));
    EXPECT_EQ(part[0], std::byte{'6'});
    EXPECT_EQ(part[3], std::byte{'9'});
    EXPECT_EQ(os::read_part(file, 7, part).error(), base::Errno::Io);
    EXPECT_TRUE(os::read_part(file, 100, {}));
}

} // namespace
