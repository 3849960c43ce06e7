#include "os/new_file.hpp"
#include "os/read_file.hpp"
#include "os/temporary_directory.hpp"

#include <filesystem>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

namespace os {
namespace {

constexpr std::array content{std::byte{'a'}, std::byte{'b'}};

class NewFile : public ::testing::Test {
protected:
    std::string path(std::string const& name) const { return folder_.path() + '/' + name; }
    std::size_t files() const {
        auto const all = std::filesystem::directory_iterator{folder_.path()};
        return static_cast<std::size_t>(std::distance(begin(all), end(all)));
    }
    static unsigned mode(std::string const& path) {
        struct ::stat status{};
        return ::stat(path.c_str(), &status) == 0 ? status.st_mode & 0777 : 0;
    }

    TemporaryDirectory folder_;
};

TEST_F(NewFile, holds_all_bytes_and_leaves_nothing_beside_it) {
    ASSERT_TRUE(write_new_file(path("a"), content, Readers::Everybody));
    EXPECT_EQ(std::filesystem::file_size(path("a")), content.size());
    EXPECT_EQ(files(), 1U);
}

TEST_F(NewFile, has_no_name_before_it_is_whole) {
    auto const file = os::NewFile::begin(path("a"), Readers::Everybody);
    ASSERT_TRUE(file && file->write_at(0, content));
    EXPECT_EQ(files(), 0U);
    ASSERT_TRUE(file->keep());
    EXPECT_EQ(std::filesystem::file_size(path("a")), content.size());
}

TEST_F(NewFile, of_a_secret_is_its_owners_alone) {
    ASSERT_TRUE(write_new_file(path("a"), content, Readers::Owner));
    EXPECT_EQ(mode(path("a")), 0600U);
}

TEST_F(NewFile, never_takes_the_place_of_another) {
    ASSERT_TRUE(write_new_file(path("a"), {}, Readers::Owner));
    auto const again = write_new_file(path("a"), content, Readers::Owner);
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error(), base::Errno::Exist);
    EXPECT_EQ(std::filesystem::file_size(path("a")), 0U);
    EXPECT_EQ(files(), 1U);
}

TEST_F(NewFile, does_not_follow_a_link_that_leads_nowhere) {
    std::filesystem::create_symlink(path("nowhere"), path("link"));
    EXPECT_EQ(write_new_file(path("link"), content, Readers::Owner).error(), base::Errno::Exist);
    EXPECT_FALSE(std::filesystem::exists(path("nowhere")));
}

TEST_F(NewFile, needs_a_folder_that_is_there) {
    EXPECT_EQ(write_new_file(path("no/a"), content, Readers::Owner).error(), base::Errno::NoEnt);
}

} // namespace
} // namespace os
