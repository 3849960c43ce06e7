// The key over all secrets is exchanged, and a process that is killed meanwhile leaves a database
// whose secrets open.

#include "os/temporary_directory.hpp"
#include "service/seal/rotation.hpp"
#include "service/store/rows_for_tests.hpp"
#include "service/store/sqlite/sqlite_store.hpp"

#include <csignal>
#include <filesystem>
#include <random>
#include <thread>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace service {
namespace {

using namespace testing;

constexpr std::uint64_t secrets = 60;

class RotationTest : public ::testing::Test {
protected:
    RotationTest() {
        EXPECT_TRUE(Kek::create(folder + "/kek"));
        auto const store = open();
        Sealer const sealer{*Kek::read(folder + "/kek")};
        EXPECT_TRUE(store->publish(version("d", 1), base::view_of("x")));
        for (std::uint64_t i = 1; i <= secrets; ++i) {
            auto const name = name_of(i);
            auto value = *sealer.seal(name, base::view_of("value of " + name.secret));
            EXPECT_TRUE(store->seal({name, std::move(value)}, base::view_of("x")));
        }
    }

    static SealedName name_of(std::uint64_t i) {
        return {SealedKind::Secret, "d", 1, "S" + std::to_string(i)};
    }
    std::unique_ptr<Store> open() { return *open_sqlite_store(folder + "/state.sqlite"); }
    void all_open(Store& store) {
        auto kek = settled_kek(folder, store);
        ASSERT_TRUE(kek) << kek.error().text;
        EXPECT_EQ(*store.sealed_under(kek->id()), secrets);
        Sealer const sealer{*std::move(kek)};
        auto const rows = *store.sealed("d", 1);
        ASSERT_EQ(rows.size(), secrets);
        for (auto const& row : rows) {
            auto const value = sealer.open(row);
            ASSERT_TRUE(value) << value.error().text;
            EXPECT_EQ(base::text_of(value->view()), "value of " + row.name.secret);
        }
        EXPECT_FALSE(std::filesystem::exists(folder + "/kek.next"));
    }

    os::TemporaryDirectory directory;
    std::string folder = directory.path();
};

TEST_F(RotationTest, seals_all_by_a_new_key) {
    auto const former = Kek::read(folder + "/kek")->id();
    auto const store = open();
    auto const lines = *store->leaves();
    EXPECT_EQ(*rotate_kek(folder, *store, base::view_of("renewed")), secrets);
    EXPECT_NE(Kek::read(folder + "/kek")->id(), former);
    EXPECT_EQ(*store->sealed_under(former), 0U);
    EXPECT_EQ(*store->leaves(), lines + 1);
    all_open(*store);
}

TEST_F(RotationTest, that_cannot_open_a_secret_changes_nothing) {
    auto const store = open();
    auto damaged = store->sealed("d", 1)->back();
    damaged.name = name_of(secrets + 1);
    damaged.value.sealed.back() ^= std::byte{1};
    ASSERT_TRUE(store->seal(damaged, base::view_of("x")));
    auto const former = Kek::read(folder + "/kek")->id();
    EXPECT_EQ(
        rotate_kek(folder, *store, base::view_of("renewed")).error().name, "secret-unreadable"
    );
    EXPECT_EQ(Kek::read(folder + "/kek")->id(), former);
    EXPECT_EQ(*store->sealed_under(former), secrets + 1);
    EXPECT_FALSE(std::filesystem::exists(folder + "/kek.next"));
}

TEST_F(RotationTest, killed_at_any_moment_leaves_secrets_that_open) {
    std::minstd_rand random{std::random_device{}()};
    unsigned renewed = 0;
    auto former = Kek::read(folder + "/kek")->id();
    for (unsigned i = 0; i < 40; ++i) {
        auto const child = ::fork();
        if (child == 0) {
            auto const store = open();
            ::_exit(rotate_kek(folder, *store, base::view_of("renewed")) ? 0 : 1);
        }
        std::this_thread::sleep_for(std::chrono::microseconds{random() % 60'000});
        ::kill(child, SIGKILL);
        int status = 0;
        ::waitpid(child, &status, 0);
        ASSERT_TRUE(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
        auto const store = open();
        all_open(*store);
        auto const now = Kek::read(folder + "/kek")->id();
        if (now != former) ++renewed;
        former = now;
    }
    std::printf("40 kills, the key renewed %u times\n", renewed);
}

// The moments between the two steps that matter, each for sure.
TEST_F(RotationTest, goes_on_with_the_key_that_the_database_is_under) {
    ASSERT_TRUE(Kek::create(folder + "/kek.next")); // stopped before the transaction
    {
        auto const store = open();
        all_open(*store);
    }
    ASSERT_TRUE(Kek::create(folder + "/kek.next"));
    auto const store = open();
    Sealer const both{*Kek::read(folder + "/kek.next"), *Kek::read(folder + "/kek")};
    ASSERT_TRUE(reseal(*store, both, base::view_of("renewed"))); // stopped behind it
    all_open(*store);
}

} // namespace
} // namespace service
