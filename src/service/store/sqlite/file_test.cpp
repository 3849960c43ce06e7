// The file of a store: one writer, no stranger, no newer one, no damaged one; what others may read.

#include "os/temporary_directory.hpp"
#include "service/store/rows_for_tests.hpp"
#include "service/store/sqlite/sqlite_store.hpp"

#include <fstream>
#include <random>

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/stat.h>

namespace service {
namespace {

using namespace testing;

class StoreFileTest : public ::testing::Test {
protected:
    std::string name_of_failure() {
        auto const opened = open_sqlite_store(path);
        return opened ? "none" : std::string{opened.error().name};
    }
    void fill(unsigned rows) {
        auto const store = *open_sqlite_store(path);
        for (unsigned i = 1; i <= rows; ++i)
            ASSERT_TRUE(store->publish(version("name" + std::to_string(i), i), base::view_of("x")));
    }
    void execute(char const* sql) {
        sqlite3* it = nullptr;
        ASSERT_EQ(sqlite3_open(path.c_str(), &it), SQLITE_OK);
        ASSERT_EQ(sqlite3_exec(it, sql, nullptr, nullptr, nullptr), SQLITE_OK) << sql;
        sqlite3_close(it);
    }
    void write(std::string const& text) { std::ofstream{path, std::ios::binary} << text; }
    std::string content() {
        std::ifstream in{path, std::ios::binary};
        return {std::istreambuf_iterator<char>{in}, {}};
    }

    os::TemporaryDirectory directory;
    std::string path = directory.path() + "/state.sqlite";
};

TEST_F(StoreFileTest, one_process_alone_writes) {
    auto const first = open_sqlite_store(path);
    ASSERT_TRUE(first);
    EXPECT_EQ(name_of_failure(), "store-in-use");
}

TEST_F(StoreFileTest, is_read_by_its_owner_alone) {
    auto const store = *open_sqlite_store(path);
    ASSERT_TRUE(store->append(base::view_of("x")));
    for (auto const* const end : {"", "-wal", "-shm", ".lock"}) {
        struct ::stat status{};
        ASSERT_EQ(::stat((path + end).c_str(), &status), 0) << end;
        EXPECT_EQ(status.st_mode & 0777, 0600U) << end;
    }
}

TEST_F(StoreFileTest, of_a_newer_version_is_left_alone) {
    fill(1);
    execute("PRAGMA user_version = 3");
    EXPECT_EQ(name_of_failure(), "store-newer");
}

TEST_F(StoreFileTest, of_the_first_version_keeps_what_it_holds_and_learns_the_lines_of_releases) {
    {
        auto const store = *open_sqlite_store(path);
        ASSERT_TRUE(store->publish(version("a", 1), base::view_of("x")));
        ASSERT_TRUE(store->release(keep(5, "a"), 10, base::view_of("y")));
    }
    execute("ALTER TABLE release DROP COLUMN leaf");
    execute("PRAGMA user_version = 1");
    for (int time = 0; time < 2; ++time) {
        auto const store = *open_sqlite_store(path);
        auto const before = **store->released(digest(5));
        EXPECT_EQ(before.deployment, "a");
        EXPECT_FALSE(before.leaf);
        if (time == 0) ASSERT_TRUE(store->release(keep(6, "a"), 10, base::view_of("z")));
        EXPECT_EQ((**store->released(digest(6))).leaf, 2U);
    }
}

TEST_F(StoreFileTest, of_something_else_is_left_alone) {
    execute("CREATE TABLE mine(x)");
    auto const before = content();
    EXPECT_EQ(name_of_failure(), "store-damaged");
    EXPECT_EQ(content(), before);
    write(
        "this is a text file and no database, though it is long enough to be looked at at all....."
    );
    EXPECT_EQ(name_of_failure(), "store-damaged");
}

TEST_F(StoreFileTest, with_a_trigger_that_somebody_added_is_refused) {
    fill(1);
    execute("CREATE TRIGGER mine AFTER INSERT ON leaf BEGIN DELETE FROM leaf; END");
    EXPECT_EQ(name_of_failure(), "store-damaged");
}

TEST_F(StoreFileTest, that_cannot_be_made_says_so) {
    path = directory.path() + "/nowhere/state.sqlite";
    EXPECT_EQ(name_of_failure(), "store-unavailable");
}

// Some changes hit text that no check knows the meaning of: those are for the log to find.
TEST_F(StoreFileTest, that_is_damaged_never_crashes) {
    fill(200);
    execute("PRAGMA journal_mode = DELETE"); // all of it in one file
    auto const whole = content();
    std::minstd_rand random{1};
    unsigned found = 0;
    for (unsigned i = 0; i < 60; ++i) {
        auto changed = whole;
        if (i % 3 == 0) {
            changed.resize(random() % changed.size());
        } else {
            auto const at = random() % changed.size();
            for (std::size_t k = at; k < std::min(at + 64, changed.size()); ++k)
                changed[k] = static_cast<char>(random());
        }
        for (auto const* const end : {"-wal", "-shm"}) ::unlink((path + end).c_str());
        write(changed);
        auto const opened = open_sqlite_store(path);
        if (!opened) {
            EXPECT_EQ(opened.error().name, "store-damaged") << opened.error().text;
            ++found;
            continue;
        }
        (void)(*opened)->newest("name1").has_value();
        (void)(*opened)->leaves(0, 1000).has_value();
        (void)(*opened)->append(base::view_of("x")).has_value();
    }
    EXPECT_GT(found, 20U);
}

} // namespace
} // namespace service
