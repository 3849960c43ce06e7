// The cache gives back exactly what was put in, and nothing else.

#include "keep/exec/cache/artefact_cache.hpp"
#include "os/temporary_directory.hpp"

#include <fstream>
#include <thread>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

namespace {

using namespace exec;

class Cache : public ::testing::Test {
protected:
    base::Result<ArtefactCache> open() {
        return ArtefactCache::open(os::Fd{::open(folder_.path().c_str(), O_RDONLY | O_DIRECTORY)});
    }
    std::string file() const {
        std::string name;
        for (int i = 0; i < 32; ++i) name += "07";
        return folder_.path() + "/" + name;
    }
    static ArtefactCache::Key key() {
        ArtefactCache::Key key;
        key.fill(std::byte{7});
        return key;
    }
    static std::vector<std::byte> artefact() { return std::vector<std::byte>(1000, std::byte{42}); }

    bool finds() {
        auto const found = open()->find(key());
        return found && base::equal(found->bytes(), artefact());
    }
    void change(std::size_t at) {
        std::fstream stream{file(), std::ios::in | std::ios::out | std::ios::binary};
        stream.seekg(static_cast<std::ptrdiff_t>(at));
        auto const byte = static_cast<char>(stream.get() ^ 0x55);
        stream.seekp(static_cast<std::ptrdiff_t>(at));
        stream.put(byte);
    }

    os::TemporaryDirectory folder_;
};

TEST_F(Cache, gives_back_what_was_put_in) {
    EXPECT_FALSE(finds());
    ASSERT_TRUE(open()->store(key(), artefact()));
    EXPECT_TRUE(finds());
    struct stat status{};
    ASSERT_EQ(::stat(file().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600U);
}

TEST_F(Cache, ignores_an_artefact_that_was_changed_anywhere) {
    for (std::size_t const at : {0U, 8U, 16U, 48U, 80U, 500U, 1079U}) {
        ASSERT_TRUE(open()->store(key(), artefact()));
        change(at);
        EXPECT_FALSE(finds()) << at;
    }
    ASSERT_TRUE(open()->store(key(), artefact()));
    EXPECT_TRUE(finds());
}

TEST_F(Cache, ignores_an_artefact_that_was_cut_or_made_longer) {
    for (off_t const size : {0, 1, 79, 80, 1000, 1079, 1081}) {
        ASSERT_TRUE(open()->store(key(), artefact()));
        ASSERT_EQ(::truncate(file().c_str(), size), 0);
        EXPECT_FALSE(finds()) << size;
    }
}

TEST_F(Cache, ignores_the_artefact_of_another_key_in_its_place) {
    ArtefactCache::Key const other{};
    ASSERT_TRUE(open()->store(other, artefact()));
    ASSERT_EQ(::rename((folder_.path() + "/" + std::string(64, '0')).c_str(), file().c_str()), 0);
    EXPECT_FALSE(finds());
}

TEST_F(Cache, ignores_an_artefact_that_others_may_write_to) {
    ASSERT_TRUE(open()->store(key(), artefact()));
    ASSERT_EQ(::chmod(file().c_str(), 0620), 0);
    EXPECT_FALSE(finds());
}

TEST_F(Cache, does_not_follow_a_link) {
    ASSERT_TRUE(open()->store(key(), artefact()));
    auto const elsewhere = folder_.path() + "/elsewhere";
    ASSERT_EQ(::rename(file().c_str(), elsewhere.c_str()), 0);
    ASSERT_EQ(::symlink(elsewhere.c_str(), file().c_str()), 0);
    EXPECT_FALSE(finds());
    ASSERT_TRUE(open()->store(key(), artefact()));
    struct stat status{};
    ASSERT_EQ(::lstat(file().c_str(), &status), 0);
    EXPECT_TRUE(S_ISREG(status.st_mode));
}

TEST_F(Cache, is_no_cache_if_others_may_look_into_it) {
    for (mode_t const mode : {0750U, 0701U, 0777U}) {
        ASSERT_EQ(::chmod(folder_.path().c_str(), mode), 0);
        auto const cache = open();
        ASSERT_FALSE(cache);
        EXPECT_EQ(cache.error(), base::Errno::Perm);
    }
}

TEST_F(Cache, is_no_cache_if_it_is_a_file) {
    std::ofstream{file()} << "x";
    ::chmod(file().c_str(), 0600);
    EXPECT_FALSE(ArtefactCache::open(os::Fd{::open(file().c_str(), O_RDONLY)}));
}

TEST_F(Cache, leaves_it_to_the_first_of_several_writers) {
    std::ofstream{file() + ".new"} << "half";
    auto const stored = open()->store(key(), artefact());
    ASSERT_FALSE(stored);
    EXPECT_EQ(stored.error(), base::Errno::Already);
}

TEST_F(Cache, takes_over_from_a_writer_that_died) {
    std::ofstream{file() + ".new"} << "half";
    timespec const long_ago[] = {
        {.tv_sec = 1'000'000, .tv_nsec = 0}, {.tv_sec = 1'000'000, .tv_nsec = 0}
    };
    ASSERT_EQ(
        ::utimensat(AT_FDCWD, (file() + ".new").c_str(), static_cast<timespec const*>(long_ago), 0),
        0
    );
    ASSERT_TRUE(open()->store(key(), artefact()));
    EXPECT_TRUE(finds());
}

TEST_F(Cache, survives_many_writers_at_once) {
    std::vector<std::jthread> writers;
    for (int i = 0; i < 8; ++i)
        writers.emplace_back([this] { (void)open()->store(key(), artefact()); });
    writers.clear();
    EXPECT_TRUE(finds());
    EXPECT_NE(::access((file() + ".new").c_str(), F_OK), 0);
}

} // namespace
