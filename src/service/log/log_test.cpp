// The log as files: what it shows proves each leaf and each growth; what was changed is found.

#include "crypto/inclusion_proof.hpp"
#include "crypto/merkle.hpp"
#include "os/temporary_directory.hpp"
#include "service/log/log.hpp"
#include "service/log/tree_edge.hpp"
#include "service/store/rows_for_tests.hpp"
#include "service/store/sqlite/sqlite_store.hpp"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/resource.h>

namespace service {
namespace {

using namespace testing;
using namespace std::chrono_literals;

class LogTest : public ::testing::Test {
protected:
    LogTest() { open_store(); }

    void open_store() {
        store.reset();
        store = *open_sqlite_store(directory.path() + "/state.sqlite");
    }
    void open() {
        auto opened = Log::open(*store, settings, key);
        ASSERT_TRUE(opened) << opened.error().text;
        log = std::move(*opened);
    }
    std::string failure() {
        log.reset();
        auto const opened = Log::open(*store, settings, key);
        return opened ? "none" : std::string{opened.error().name};
    }
    void append(std::uint64_t count) {
        std::vector<std::thread> all; // at once, so that they are grouped
        std::atomic<std::uint64_t> next = 0;
        std::vector<LeafIndex> at(count);
        for (unsigned t = 0; t < 32; ++t)
            all.emplace_back([&] {
                for (auto i = next++; i < count; i = next++)
                    at[i] = *store->append(base::view_of("e" + std::to_string(i)));
            });
        for (auto& thread : all) thread.join();
        newest = *std::ranges::max_element(at);
    }
    // All that was appended is in what the log shows.
    void settle() { ASSERT_TRUE(log->inclusion(newest, 10s)); }
    void execute(char const* sql) {
        store.reset();
        sqlite3* it = nullptr;
        ASSERT_EQ(sqlite3_open((directory.path() + "/state.sqlite").c_str(), &it), SQLITE_OK);
        ASSERT_EQ(sqlite3_exec(it, sql, nullptr, nullptr, nullptr), SQLITE_OK) << sql;
        sqlite3_close(it);
        open_store();
    }

    os::TemporaryDirectory directory;
    std::string folder = directory.path() + "/log";
    LogSettings settings{folder, "example.com/log", 10ms};
    crypto::Ed25519SigningKey key = *crypto::Ed25519SigningKey::generate();
    std::unique_ptr<Store> store;
    std::unique_ptr<Log> log;
    LeafIndex newest = 0;
};

Proof hashes_of(base::View proof) { return crypto::parse_inclusion_proof(proof).value().hashes; }

TEST_F(LogTest, begins_with_a_checkpoint_of_nothing) {
    open();
    auto const head = crypto::open_checkpoint(log->checkpoint(), settings.origin, key.public_key());
    ASSERT_TRUE(head);
    EXPECT_EQ(head->size, 0U);
    EXPECT_EQ(head->root, crypto::merkle::empty_root());
    EXPECT_EQ(base::text_of(*log->file("checkpoint")), log->checkpoint());
    EXPECT_EQ(log->inclusion(0, 1ms).error().name, "log-unavailable");
}

TEST_F(LogTest, proves_every_leaf_and_every_growth) {
    open();
    std::vector<crypto::TreeHead> heads;
    for (std::uint64_t const more : {1U, 2U, 250U, 3U, 1U, 300U, 700U}) {
        append(more);
        settle();
        heads.push_back(
            *crypto::open_checkpoint(log->checkpoint(), settings.origin, key.public_key())
        );
        EXPECT_EQ(heads.back().size, newest + 1);
    }
    auto const leaves = *store->leaves(0, 10'000);
    for (auto const& leaf : leaves) {
        auto const it = *log->inclusion(leaf.index, 0ms);
        auto const proof = hashes_of(it.proof);
        auto const& head = heads.back();
        EXPECT_TRUE(crypto::merkle::included(head.size, head.root, leaf.index, leaf.hash, proof));
    }
    for (auto const& older : heads)
        for (auto const& newer : heads) {
            if (newer.size < older.size) continue;
            auto const proof = *log->consistency(older.size, newer.size);
            EXPECT_TRUE(
                crypto::merkle::consistent(older.size, older.root, newer.size, newer.root, proof)
            );
        }
    EXPECT_EQ(log->consistency(1, heads.back().size + 1).error().name, "log-no-such-leaf");
}

TEST_F(LogTest, shows_tiles_and_entries_as_files) {
    open();
    append(600);
    settle();
    auto const leaves = *store->leaves(0, 600);
    auto const bundle = *log->file("tile/entries/000");
    auto const first = *parse_bundle(bundle, 256);
    EXPECT_TRUE(base::equal(first[17], leaves[17].entry));
    EXPECT_EQ((*parse_tile(*log->file("tile/0/001"), 256))[3], leaves[259].hash);
    EXPECT_EQ(log->file("tile/0/002.p/88")->size(), 88U * 32);
    EXPECT_EQ(log->file("tile/1/000.p/2")->size(), 2U * 32);
    EXPECT_FALSE(log->file("tile/0/003"));
    EXPECT_FALSE(log->file("../state.sqlite"));
    EXPECT_FALSE(log->file("tile/../checkpoint"));
    EXPECT_FALSE(std::filesystem::exists(folder + "/tile/0/000.p"));
}

TEST_F(LogTest, goes_on_where_it_was) {
    open();
    append(300);
    settle();
    auto const before = log->head();
    log.reset();
    append(300); // nobody publishes meanwhile
    open();
    EXPECT_EQ(log->head().size, 600U);
    auto const proof = *log->consistency(before.size, 600);
    EXPECT_TRUE(crypto::merkle::consistent(before.size, before.root, 600, log->head().root, proof));
    EXPECT_EQ(failure(), "none");
}

TEST_F(LogTest, publishes_at_once_what_somebody_waits_for) {
    settings.interval = 1h;
    open();
    append(3);
    EXPECT_EQ(log->head().size, 0U);
    std::vector<std::thread> all; // who come together
    std::atomic<unsigned> shown = 0;
    for (LeafIndex index = 0; index < 3; ++index)
        all.emplace_back([&, index] { shown += log->inclusion(index, 30s) ? 1 : 0; });
    for (auto& thread : all) thread.join();
    EXPECT_EQ(shown, 3U);
    append(1);
    settle(); // and who come later
    EXPECT_EQ(log->head().size, 4U);
}

TEST_F(LogTest, publishes_what_is_left_when_it_ends) {
    settings.interval = 1h;
    open();
    append(5);
    log.reset();
    std::ifstream checkpoint{folder + "/checkpoint"};
    std::string origin;
    std::string size;
    std::getline(checkpoint, origin);
    std::getline(checkpoint, size);
    EXPECT_EQ(size, "5");
}

class DamagedLogTest : public LogTest {
protected:
    DamagedLogTest() {
        open();
        append(600);
        settle();
        log.reset();
    }
    void change(std::string const& name, std::size_t at) {
        std::fstream file{folder + "/" + name, std::ios::in | std::ios::out | std::ios::binary};
        ASSERT_TRUE(file) << name;
        file.seekg(static_cast<std::streamoff>(at));
        auto const byte = static_cast<char>(file.get() ^ 1);
        file.seekp(static_cast<std::streamoff>(at));
        file.put(byte);
    }
};

TEST_F(DamagedLogTest, unchanged_opens) { EXPECT_EQ(failure(), "none"); }

TEST_F(DamagedLogTest, a_changed_tile_is_found) {
    for (auto const* const name :
         {"tile/0/000",
          "tile/0/001",
          "tile/0/002.p/88",
          "tile/1/000.p/2",
          "tile/entries/001",
          "tile/entries/002.p/88",
          "checkpoint"})
        for (std::size_t const at : {0U, 33U}) {
            change(name, at);
            EXPECT_EQ(failure(), "log-damaged") << name << ' ' << at;
            change(name, at);
        }
    EXPECT_EQ(failure(), "none");
}

TEST_F(DamagedLogTest, a_lost_tile_is_found) {
    for (auto const* const name : {"tile/0/001", "tile/0/002.p/88", "tile/entries/000"}) {
        std::filesystem::rename(folder + "/" + name, folder + "/elsewhere");
        EXPECT_EQ(failure(), "log-damaged") << name;
        std::filesystem::rename(folder + "/elsewhere", folder + "/" + name);
    }
}

TEST_F(DamagedLogTest, a_changed_leaf_is_found) {
    execute("UPDATE leaf SET entry = x'00' WHERE number = 123");
    EXPECT_EQ(failure(), "log-damaged");
}

// No checkpoint speaks of it yet.
TEST_F(DamagedLogTest, a_changed_leaf_that_nobody_has_seen_is_found) {
    append(1);
    execute("UPDATE leaf SET entry = x'00' WHERE number = 600");
    EXPECT_EQ(failure(), "log-damaged");
}

// SHA-256 of 0x00 0x00: the hash that such a leaf has.
TEST_F(DamagedLogTest, a_leaf_changed_along_with_its_hash_is_found) {
    execute(
        "UPDATE leaf SET entry = x'00', hash = "
        "x'96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7' WHERE number = 599"
    );
    EXPECT_EQ(failure(), "log-damaged");
}

// All that is not signed was made anew to fit.
TEST_F(DamagedLogTest, a_history_rewritten_with_all_its_tiles_is_found) {
    std::filesystem::rename(folder + "/checkpoint", directory.path() + "/honest");
    std::filesystem::remove_all(folder);
    execute(
        "UPDATE leaf SET entry = x'00', hash = "
        "x'96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7' WHERE number = 5"
    );
    auto const honest_key = key;
    key = *crypto::Ed25519SigningKey::generate();
    settings.rebuild = true;
    ASSERT_EQ(failure(), "none");
    key = honest_key;
    settings.rebuild = false;
    std::filesystem::rename(directory.path() + "/honest", folder + "/checkpoint");
    EXPECT_EQ(failure(), "log-damaged");
}

TEST_F(DamagedLogTest, a_leaf_taken_away_is_found) {
    execute("DELETE FROM leaf WHERE number = 300");
    EXPECT_EQ(failure(), "log-damaged");
}

TEST_F(DamagedLogTest, a_store_of_yesterday_is_found) {
    execute("DELETE FROM leaf WHERE number > 500");
    EXPECT_EQ(failure(), "log-damaged");
    execute("DELETE FROM leaf");
    EXPECT_EQ(failure(), "log-damaged");
}

TEST_F(DamagedLogTest, a_lost_folder_is_written_anew_only_when_asked) {
    std::filesystem::remove_all(folder);
    EXPECT_EQ(failure(), "log-damaged");
    settings.rebuild = true;
    EXPECT_EQ(failure(), "none");
    settings.rebuild = false;
    EXPECT_EQ(failure(), "none");
}

TEST_F(DamagedLogTest, another_key_is_no_key_of_this_log) {
    key = *crypto::Ed25519SigningKey::generate();
    EXPECT_EQ(failure(), "log-damaged");
}

// A bundle of 256 entries of 4 KiB does not fit below the limit; appended leaves do.
TEST_F(LogTest, goes_on_when_there_is_space_again) {
    open();
    ::signal(SIGXFSZ, SIG_IGN);
    ::rlimit limit{};
    ::getrlimit(RLIMIT_FSIZE, &limit);
    auto small = limit;
    small.rlim_cur = 600'000;
    std::vector<std::byte> const large(4000, std::byte{1});
    for (unsigned i = 0; i < 100; ++i) newest = *store->append(large);
    settle();
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
    std::uint64_t acknowledged = 100;
    for (unsigned i = 0; i < 200; ++i) acknowledged += store->append(large) ? 1 : 0;
    // Either it needs no larger file for what was acknowledged, or it says that it cannot go on.
    auto const settled = [&] { return log->trouble() || log->head().size == acknowledged; };
    for (unsigned i = 0; i < 1000 && !settled(); ++i) std::this_thread::sleep_for(10ms);
    EXPECT_TRUE(settled());
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &limit), 0);
    newest = *store->append(large);
    settle();
    EXPECT_GE(newest, acknowledged);
    EXPECT_EQ(log->head().size, newest + 1);
    EXPECT_FALSE(log->trouble());
    EXPECT_EQ(failure(), "none");
}

} // namespace
} // namespace service
