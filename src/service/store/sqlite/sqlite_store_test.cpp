// Each call of the store: what it keeps, and what it refuses without a trace.

#include "crypto/merkle.hpp"
#include "os/temporary_directory.hpp"
#include "service/store/rows_for_tests.hpp"
#include "service/store/sqlite/sqlite_store.hpp"

#include <thread>

#include <gtest/gtest.h>

namespace service {
namespace {

using namespace testing;

base::View line(std::string_view text) { return base::view_of(text); }

class SqliteStoreTest : public ::testing::Test {
protected:
    SqliteStoreTest() { open(); }

    void open() {
        store.reset();
        auto opened = open_sqlite_store(directory.path() + "/state.sqlite");
        ASSERT_TRUE(opened) << opened.error().text;
        store = std::move(*opened);
    }
    std::uint64_t leaves() { return *store->leaves(); }

    os::TemporaryDirectory directory;
    std::unique_ptr<Store> store;
};

TEST_F(SqliteStoreTest, keeps_a_deployment_with_its_leaf) {
    ASSERT_EQ(*store->publish(version("shop/api", 7), line("published")), 0U);
    open();
    auto const there = **store->newest("shop/api");
    EXPECT_EQ(there.serial, 7U);
    EXPECT_EQ(there.statement, bytes("signed"));
    EXPECT_EQ(there.tenant, digest(1));
    EXPECT_EQ(there.policy, "policy = true");
    EXPECT_EQ(there.time, noon);
    EXPECT_FALSE(there.withdrawn_at);
    EXPECT_FALSE(*store->newest("shop/apiary"));
    EXPECT_FALSE(*store->deployment("shop/api", 6));
    auto const leaf = store->leaves(0, 10)->at(0);
    EXPECT_EQ(leaf.entry, bytes("published"));
    EXPECT_EQ(leaf.hash, crypto::merkle::leaf_hash(line("published")));
}

TEST_F(SqliteStoreTest, takes_only_rising_serials_of_one_tenant) {
    ASSERT_TRUE(store->publish(version("a", 7), line("1")));
    for (std::uint64_t const serial : {0U, 6U, 7U})
        EXPECT_TRUE(refused(
            store->publish(version("a", serial), line("2")), Why::Conflict, "serial-conflict"
        ));
    auto of_another = version("a", 8);
    of_another.tenant = digest(2);
    EXPECT_TRUE(
        refused(store->publish(of_another, line("2")), Why::AnothersName, "deployment-of-another")
    );
    EXPECT_EQ(leaves(), 1U);
    auto without_policy = version("a", 9);
    without_policy.policy.reset();
    EXPECT_EQ(*store->publish(without_policy, line("2")), 1U);
    EXPECT_EQ((*store->newest("a"))->serial, 9U);
    EXPECT_FALSE((*store->newest("a"))->policy);
    EXPECT_EQ((*store->deployment("a", 7))->serial, 7U);
}

TEST_F(SqliteStoreTest, a_withdrawn_name_gives_nothing_any_more) {
    EXPECT_TRUE(refused(store->withdraw("a", noon, line("x")), Why::Unknown, "deployment-unknown"));
    ASSERT_TRUE(store->publish(version("a", 1), line("1")));
    ASSERT_TRUE(store->release(keep(1, "a"), 10, line("2")));
    ASSERT_TRUE(store->withdraw("a", noon + 5, line("3")));
    EXPECT_EQ((*store->newest("a"))->withdrawn_at, noon + 5);
    constexpr std::string_view name = "deployment-withdrawn";
    EXPECT_TRUE(refused(store->withdraw("a", noon, line("x")), Why::Withdrawn, name));
    EXPECT_TRUE(refused(store->publish(version("a", 2), line("x")), Why::Withdrawn, name));
    EXPECT_TRUE(refused(store->release(keep(2, "a"), 10, line("x")), Why::Withdrawn, name));
    EXPECT_TRUE(refused(store->certify(certificate("c", 1), line("x")), Why::Withdrawn, name));
    EXPECT_EQ(leaves(), 3U);
}

TEST_F(SqliteStoreTest, grants_to_a_keep_once) {
    ASSERT_TRUE(store->publish(version("a", 1), line("1")));
    ASSERT_TRUE(store->release(keep(5, "a"), 10, line("2")));
    EXPECT_TRUE(
        refused(store->release(keep(5, "a"), 10, line("x")), Why::SecondRelease, "keep-not-empty")
    );
    EXPECT_TRUE(
        refused(store->release(keep(6, "b"), 10, line("x")), Why::Unknown, "deployment-unknown")
    );
    auto const there = **store->released(digest(5));
    EXPECT_EQ(there.deployment, "a");
    EXPECT_EQ(there.kind, "snp");
    EXPECT_EQ(there.not_after, noon + hour);
    EXPECT_EQ(there.leaf, 1U);
    EXPECT_FALSE(*store->released(digest(6)));
    EXPECT_EQ(leaves(), 2U);
}

TEST_F(SqliteStoreTest, grants_the_newest_version_only) {
    ASSERT_TRUE(store->publish(version("a", 1), line("1")));
    ASSERT_TRUE(store->publish(version("a", 3), line("2")));
    for (std::uint64_t const serial : {1U, 2U, 4U})
        EXPECT_TRUE(refused(
            store->release(keep(5, "a", serial), 10, line("x")), Why::Conflict, "serial-conflict"
        ));
    EXPECT_TRUE(store->release(keep(5, "a", 3), 10, line("3")));
}

TEST_F(SqliteStoreTest, counts_what_lives_against_replicas) {
    ASSERT_TRUE(store->publish(version("a", 1), line("1")));
    ASSERT_TRUE(store->release(keep(1, "a"), 2, line("2")));
    ASSERT_TRUE(store->release(keep(2, "a"), 2, line("3")));
    auto third = keep(3, "a");
    EXPECT_TRUE(
        refused(store->release(third, 2, line("x")), Why::ReplicasExhausted, "replicas-exhausted")
    );
    EXPECT_EQ(store->alive("a", noon, 10)->size(), 2U);
    EXPECT_EQ(store->alive("a", noon, 1)->size(), 1U);
    // A certificate makes the first one live on; the second one expires.
    ASSERT_TRUE(store->certify(certificate("c", 1), line("4")));
    third.time = noon + 2 * hour;
    third.not_after = noon + 3 * hour;
    EXPECT_TRUE(store->release(third, 2, line("5")));
    EXPECT_EQ(store->alive("a", noon + 2 * hour, 10)->size(), 2U);
    // One that was revoked does not count.
    ASSERT_TRUE(store->revoke(digest(1), noon, line("6")));
    auto fourth = third;
    fourth.keep_id = digest(4);
    EXPECT_TRUE(store->release(fourth, 2, line("7")));
}

TEST_F(SqliteStoreTest, counts_right_however_many_ask_at_once) {
    constexpr unsigned threads = 16;
    constexpr std::uint64_t replicas = 10;
    ASSERT_TRUE(store->publish(version("a", 1), line("1")));
    std::atomic<unsigned> granted = 0;
    std::vector<std::thread> all;
    for (unsigned t = 0; t < threads; ++t)
        all.emplace_back([&, t] {
            for (unsigned i = 0; i < 4; ++i)
                if (store->release(keep(100 + t * 4 + i, "a"), replicas, line("granted")))
                    ++granted;
        });
    for (auto& thread : all) thread.join();
    EXPECT_EQ(granted, replicas);
    EXPECT_EQ(leaves(), 1 + replicas);
}

TEST_F(SqliteStoreTest, certifies_only_keeps_that_were_granted_to) {
    ASSERT_TRUE(store->publish(version("a", 1), line("1")));
    EXPECT_TRUE(
        refused(store->certify(certificate("c", 1), line("x")), Why::Unknown, "keep-unknown")
    );
    ASSERT_TRUE(store->release(keep(1, "a"), 2, line("2")));
    ASSERT_TRUE(store->certify(certificate("c", 1), line("3")));
    EXPECT_TRUE(
        refused(store->certify(certificate("c", 1), line("x")), Why::Conflict, "serial-conflict")
    );
    EXPECT_EQ((*store->released(digest(1)))->not_after, noon + 24 * hour);
    EXPECT_EQ(leaves(), 3U);
}

TEST_F(SqliteStoreTest, revokes_a_keep_with_all_certificates_until_they_expire) {
    ASSERT_TRUE(store->publish(version("a", 1), line("1")));
    ASSERT_TRUE(store->release(keep(1, "a"), 2, line("2")));
    ASSERT_TRUE(store->release(keep(2, "a"), 2, line("2")));
    ASSERT_TRUE(store->certify(certificate("c1", 1), line("3")));
    ASSERT_TRUE(store->certify(certificate("c2", 1), line("3")));
    ASSERT_TRUE(store->certify(certificate("c3", 2), line("3")));
    EXPECT_TRUE(refused(store->revoke(digest(3), noon, line("x")), Why::Unknown, "keep-unknown"));
    ASSERT_TRUE(store->revoke(digest(1), noon + 9, line("4")));
    EXPECT_TRUE(refused(store->revoke(digest(1), noon, line("x")), Why::Revoked, "keep-revoked"));
    EXPECT_TRUE(
        refused(store->certify(certificate("c4", 1), line("x")), Why::Revoked, "keep-revoked")
    );
    auto const list = *store->revoked(noon + hour);
    ASSERT_EQ(list.size(), 2U);
    EXPECT_EQ(list[0].serial, bytes("c1"));
    EXPECT_EQ(list[1].revoked_at, noon + 9);
    EXPECT_TRUE(store->revoked(noon + 25 * hour)->empty());
}

TEST_F(SqliteStoreTest, keeps_sealed_values_by_their_names) {
    EXPECT_TRUE(
        refused(store->seal(secret("a", 1, "v"), line("x")), Why::Unknown, "deployment-unknown")
    );
    ASSERT_TRUE(store->publish(version("a", 1), line("1")));
    ASSERT_TRUE(store->seal(secret("a", 1, "old"), line("2")));
    EXPECT_TRUE(
        refused(store->seal(secret("a", 1, "new"), line("x")), Why::Conflict, "secret-exists")
    );
    SealedRow key{{SealedKind::PackageKey, "a", 1}, {KekId{std::byte{9}}, {}}};
    ASSERT_TRUE(store->seal(key, line("3")));
    auto const there = *store->sealed("a", 1);
    ASSERT_EQ(there.size(), 2U);
    EXPECT_EQ(there[0].name, key.name);
    EXPECT_EQ(there[0].value.kek, key.value.kek);
    EXPECT_TRUE(there[0].value.sealed.empty());
    EXPECT_EQ(there[1].value.sealed, bytes("old"));
    EXPECT_TRUE(store->sealed("a", 2)->empty());
    SealedRow const own{{SealedKind::ServiceKey, "cookie", 0}, {{}, bytes("wrapped")}};
    ASSERT_TRUE(store->seal(own, line("4")));
    EXPECT_EQ(store->sealed("cookie", 0)->at(0).value.sealed, bytes("wrapped"));
}

TEST_F(SqliteStoreTest, seals_all_again_or_nothing) {
    for (std::uint64_t i = 1; i <= 150; ++i) {
        ASSERT_TRUE(store->publish(version("a", i), line("1")));
        ASSERT_TRUE(store->seal(secret("a", i, "old"), line("2")));
    }
    KekId const fresh{std::byte{7}};
    unsigned asked = 0;
    auto const fails_late = [&](SealedRow const&) -> os::OrFailure<SealedValue> {
        if (++asked == 100) return std::unexpected(os::Failure{"secret-unreadable", "this one"});
        return SealedValue{fresh, bytes("new")};
    };
    EXPECT_TRUE(
        refused(store->reseal(fresh, fails_late, line("3")), Why::Unavailable, "secret-unreadable")
    );
    EXPECT_EQ(*store->sealed_under(fresh), 0U);
    EXPECT_EQ(leaves(), 300U);
    auto const again = [&](SealedRow const&) -> os::OrFailure<SealedValue> {
        return SealedValue{fresh, bytes("new")};
    };
    EXPECT_EQ(*store->reseal(fresh, again, line("3")), 150U);
    EXPECT_EQ(*store->sealed_under(fresh), 150U);
    EXPECT_EQ(*store->sealed_under({}), 0U);
    EXPECT_EQ(store->sealed("a", 150)->at(0).value.sealed, bytes("new"));
    EXPECT_EQ(leaves(), 301U);
}

TEST_F(SqliteStoreTest, lists_the_newest_of_each_name_and_of_one_tenant) {
    auto other = version("b", 1);
    other.tenant = digest(2);
    for (auto const& row : {version("a", 1), version("a", 2), other, version("c", 5)})
        ASSERT_TRUE(store->publish(row, line("1")));
    ASSERT_TRUE(store->withdraw("c", noon, line("2")));
    auto const names =
        [&](std::optional<Digest> const& tenant, std::string_view after, std::size_t most) {
            std::string out;
            for (auto const& row : *store->deployments(tenant, after, most))
                out += row.name + std::to_string(row.serial) + (row.withdrawn_at ? "- " : " ");
            return out;
        };
    EXPECT_EQ(names({}, "", 10), "a2 b1 c5- ");
    EXPECT_EQ(names({}, "a", 1), "b1 ");
    EXPECT_EQ(names(digest(1), "", 10), "a2 c5- ");
    EXPECT_EQ(names(digest(3), "", 10), "");
    ASSERT_TRUE(store->release(keep(1, "a", 2), 2, line("3")));
    EXPECT_EQ(*store->count_alive("a", noon), 1U);
    EXPECT_EQ(*store->count_alive("a", noon + hour), 0U);
    EXPECT_EQ(*store->count_alive("b", noon), 0U);
}

TEST_F(SqliteStoreTest, forgets_what_has_expired_and_no_leaf) {
    ASSERT_TRUE(store->publish(version("a", 1), line("1")));
    ASSERT_TRUE(store->seal(secret("a", 1, "v"), line("2")));
    ASSERT_TRUE(store->release(keep(1, "a"), 2, line("3")));
    ASSERT_TRUE(store->certify(certificate("c", 1), line("4")));
    ASSERT_TRUE(store->publish(version("a", 2), line("5")));
    ASSERT_TRUE(store->seal(secret("a", 2, "v"), line("6")));
    // A Keep of the older version still lives.
    auto const early = *store->prune(noon + 2 * hour);
    EXPECT_EQ(early.releases + early.certificates + early.versions, 0U);
    auto const late = *store->prune(noon + 25 * hour);
    EXPECT_EQ(late.releases, 1U);
    EXPECT_EQ(late.certificates, 1U);
    EXPECT_EQ(late.versions, 1U);
    EXPECT_FALSE(*store->deployment("a", 1));
    EXPECT_TRUE(store->sealed("a", 1)->empty());
    EXPECT_TRUE(*store->deployment("a", 2));
    EXPECT_EQ(store->sealed("a", 2)->size(), 1U);
    EXPECT_EQ(leaves(), 6U);
}

TEST_F(SqliteStoreTest, refuses_what_is_too_large_and_appends_nothing) {
    constexpr std::string_view name = "store-too-large";
    ASSERT_TRUE(store->publish(version("a", 1), line("1")));
    auto large = version("b", 1);
    large.statement.resize(largest_statement + 1);
    EXPECT_TRUE(refused(store->publish(large, line("x")), Why::TooLarge, name));
    auto late = version("b", UINT64_MAX);
    EXPECT_TRUE(refused(store->publish(late, line("x")), Why::TooLarge, name));
    Blob const entry(largest_entry + 1);
    EXPECT_TRUE(refused(store->append(entry), Why::TooLarge, name));
    auto sealed = secret("a", 1, "v");
    sealed.value.sealed.resize(largest_sealed + 1);
    EXPECT_TRUE(refused(store->seal(sealed, line("x")), Why::TooLarge, name));
    EXPECT_EQ(leaves(), 1U);
}

TEST_F(SqliteStoreTest, names_are_data_whatever_is_in_them) {
    std::string const name = "a'; DROP TABLE leaf; --";
    ASSERT_TRUE(store->publish(version(name, 1), line("1")));
    EXPECT_EQ((*store->newest(name))->name, name);
    std::string const with_nul{"a\0b", 3};
    ASSERT_TRUE(store->publish(version(with_nul, 1), line("2")));
    EXPECT_EQ((*store->newest(with_nul))->name, with_nul);
    EXPECT_FALSE(*store->newest("a"));
}

TEST_F(SqliteStoreTest, gives_leaves_in_pieces) {
    for (unsigned i = 0; i < 10; ++i) ASSERT_EQ(*store->append(line(std::to_string(i))), i);
    auto const some = *store->leaves(4, 3);
    ASSERT_EQ(some.size(), 3U);
    EXPECT_EQ(some[0].index, 4U);
    EXPECT_EQ(some[2].entry, bytes("6"));
    EXPECT_EQ(store->leaves(8, 100)->size(), 2U);
    EXPECT_TRUE(store->leaves(10, 100)->empty());
}

} // namespace
} // namespace service
