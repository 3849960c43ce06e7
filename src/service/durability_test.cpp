// Nothing that was acknowledged is lost: killed at any moment, or with a disk that is full. A kill
// is no power cut: what the disk's own cache does is not tried here.

#include "crypto/merkle.hpp"
#include "os/temporary_directory.hpp"
#include "service/log/log.hpp"
#include "service/store/rows_for_tests.hpp"
#include "service/store/sqlite/sqlite_store.hpp"

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <random>
#include <thread>

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace service {
namespace {

using namespace testing;
using namespace std::chrono_literals;

constexpr std::uint64_t plenty = 1'000'000'000;

struct Acknowledged {
    std::uint64_t keep;
    LeafIndex leaf;
};

Blob line_of(std::uint64_t keep) { return bytes("keep " + std::to_string(keep)); }

crypto::Ed25519SigningKey log_key() {
    return *crypto::Ed25519SigningKey::from_seed(base::view_of(std::string(32, 'k')));
}

LogSettings log_in(std::string const& folder) { return {folder + "/log", "example.com/log", 3ms}; }

// Writes releases from eight threads until it is killed, and tells of each that was acknowledged.
[[noreturn]] void write_until_killed(std::string const& folder, int pipe, std::uint64_t first) {
    auto const store = open_sqlite_store(folder + "/state.sqlite");
    if (!store) ::_exit(1);
    auto const log = Log::open(**store, log_in(folder), log_key());
    if (!log) ::_exit(2);
    if (!*(*store)->newest("a") && !(*store)->publish(version("a", 1), base::view_of("x")))
        ::_exit(3);
    std::atomic<std::uint64_t> next = first;
    std::vector<std::thread> all;
    for (unsigned t = 0; t < 8; ++t)
        all.emplace_back([&] {
            for (;;) {
                auto const id = next++;
                auto const leaf = (*store)->release(keep(id, "a"), plenty, line_of(id));
                if (!leaf) ::_exit(4);
                Acknowledged const told{id, *leaf};
                if (::write(pipe, &told, sizeof told) != sizeof told) ::_exit(5);
            }
        });
    for (auto& thread : all) thread.join();
    ::_exit(6);
}

// What a process acknowledged that lived for so long after the first acknowledgement.
std::vector<Acknowledged>
killed_after(std::string const& folder, std::chrono::microseconds life, std::uint64_t first) {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) return {};
    auto const child = ::fork();
    if (child == 0) {
        ::close(ends[0]);
        write_until_killed(folder, ends[1], first);
    }
    ::close(ends[1]);
    std::vector<Acknowledged> out;
    Acknowledged told{};
    if (::read(ends[0], &told, sizeof told) == sizeof told) out.push_back(told);
    std::this_thread::sleep_for(life);
    ::kill(child, SIGKILL);
    while (::read(ends[0], &told, sizeof told) == sizeof told) out.push_back(told);
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status)) << "ended by itself: " << WEXITSTATUS(status);
    return out;
}

void expect_all_there(Store& store, std::vector<Acknowledged> const& all) {
    for (auto const& it : all) {
        EXPECT_TRUE(*store.released(digest(it.keep))) << it.keep;
        auto const leaf = *store.leaves(it.leaf, 1);
        ASSERT_EQ(leaf.size(), 1U);
        EXPECT_EQ(leaf[0].entry, line_of(it.keep));
    }
}

// ENARX_KILLS=1000 tries more.
TEST(Killed, at_any_moment_keeps_what_was_acknowledged) {
    auto const* const wanted = std::getenv("ENARX_KILLS");
    auto const kills = wanted ? std::strtoul(wanted, nullptr, 10) : 100UL;
    os::TemporaryDirectory const directory;
    std::minstd_rand random{std::random_device{}()};
    std::uint64_t first = 1;
    std::uint64_t acknowledged = 0;
    crypto::TreeHead head;
    for (unsigned i = 0; i < kills; ++i) {
        std::chrono::microseconds const life{random() % 30'000};
        auto const all = killed_after(directory.path(), life, first);
        for (auto const& it : all) first = std::max(first, it.keep);
        first += 1000; // behind what was asked for and not acknowledged
        acknowledged += all.size();
        auto const store = open_sqlite_store(directory.path() + "/state.sqlite");
        ASSERT_TRUE(store) << store.error().text;
        expect_all_there(**store, all);
        auto const log = Log::open(**store, log_in(directory.path()), log_key());
        ASSERT_TRUE(log) << log.error().text;
        auto const newer = (*log)->head();
        auto const proof = *(*log)->consistency(head.size, newer.size);
        EXPECT_TRUE(
            crypto::merkle::consistent(head.size, head.root, newer.size, newer.root, proof) ||
            head.size == 0
        );
        head = newer;
    }
    EXPECT_GE(acknowledged, kills); // one at least in each life
    std::printf(
        "%lu kills, %llu releases acknowledged, none lost\n",
        kills,
        static_cast<unsigned long long>(acknowledged)
    );
}

// In a namespace of its own, whose small disk goes with it. The value: what went wrong; 77: cannot.
int fill_a_disk(std::string const& folder) {
    auto const user = ::getuid();
    if (::unshare(user == 0 ? CLONE_NEWNS : CLONE_NEWNS | CLONE_NEWUSER) != 0) return 77;
    if (user == 0 && ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return 77;
    if (::mount("none", folder.c_str(), "tmpfs", 0, "size=2m,mode=0700") != 0) return 77;
    auto const store = open_sqlite_store(folder + "/state.sqlite");
    if (!store) return 1;
    Blob const large(4000, std::byte{1});
    std::uint64_t there = 0;
    for (;; ++there) {
        auto const leaf = (*store)->append(large);
        if (leaf && there < 2000) continue;
        if (leaf) return 2; // the disk is not full after 8 MB
        if (leaf.error().why != Why::Unavailable) return 3;
        if (leaf.error().failure.name != "store-unavailable") return 4;
        break;
    }
    for (unsigned i = 0; i < 10; ++i)
        if ((*store)->append(large)) return 5;
    if (*(*store)->leaves() != there) return 6;
    if (::mount("none", folder.c_str(), "tmpfs", MS_REMOUNT, "size=20m,mode=0700") != 0) return 7;
    auto const next = (*store)->append(large);
    if (!next || *next != there) return 8;
    return 0;
}

TEST(FullDisk, is_told_and_nothing_is_acknowledged_until_there_is_space) {
    os::TemporaryDirectory const directory;
    auto const child = ::fork();
    if (child == 0) ::_exit(fill_a_disk(directory.path()));
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_TRUE(WIFEXITED(status));
    if (WEXITSTATUS(status) == 77) GTEST_SKIP() << "no small disk may be mounted here";
    EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST(FullDisk, by_a_limit_of_the_files_size_is_the_same) {
    os::TemporaryDirectory const directory;
    auto const path = directory.path() + "/state.sqlite";
    auto store = *open_sqlite_store(path);
    std::signal(SIGXFSZ, SIG_IGN);
    ::rlimit limit{};
    ::getrlimit(RLIMIT_FSIZE, &limit);
    auto small = limit;
    small.rlim_cur = 1'000'000;
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
    Blob const large(4000, std::byte{1});
    std::uint64_t there = 0;
    while (there < 2000 && store->append(large)) ++there;
    EXPECT_LT(there, 2000U);
    for (unsigned i = 0; i < 10; ++i) EXPECT_FALSE(store->append(large));
    EXPECT_EQ(*store->leaves(), there);
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &limit), 0);
    EXPECT_EQ(*store->append(large), there);
    store.reset();
    store = *open_sqlite_store(path);
    EXPECT_EQ(*store->leaves(), there + 1);
}

} // namespace
} // namespace service
