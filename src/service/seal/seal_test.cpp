// The key over all keys, and what it seals: opened under its own name, by its own key, unchanged.

#include "os/temporary_directory.hpp"
#include "service/seal/sealer.hpp"
#include "service/store/rows_for_tests.hpp"
#include "service/store/sqlite/sqlite_store.hpp"

#include <fstream>

#include <gtest/gtest.h>
#include <sys/stat.h>

namespace service {
namespace {

using namespace testing;

Kek kek(char fill) { return Kek::of(base::view_of(std::string(Kek::size, fill))); }

std::string text(os::OrFailure<crypto::SecretBytes> const& opened) {
    return opened ? std::string{base::text_of(opened->view())} : std::string{opened.error().name};
}

class KekFileTest : public ::testing::Test {
protected:
    std::string failure() {
        auto const kek = Kek::read(path);
        return kek ? "none" : std::string{kek.error().name};
    }

    os::TemporaryDirectory directory;
    std::string path = directory.path() + "/kek";
};

TEST_F(KekFileTest, is_made_once_and_read_again) {
    ASSERT_TRUE(Kek::create(path));
    struct ::stat status{};
    ASSERT_EQ(::stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600U);
    auto const first = *Kek::read(path);
    EXPECT_EQ(Kek::create(path).error().name, "kek-unusable");
    EXPECT_EQ(Kek::read(path)->id(), first.id());
    EXPECT_TRUE(base::equal(Kek::read(path)->bytes(), first.bytes()));
    ASSERT_TRUE(Kek::create(path + "2"));
    EXPECT_NE(Kek::read(path + "2")->id(), first.id());
}

TEST_F(KekFileTest, that_others_may_read_is_refused) {
    ASSERT_TRUE(Kek::create(path));
    for (unsigned const mode : {0640U, 0620U, 0604U, 0602U}) {
        ASSERT_EQ(::chmod(path.c_str(), mode), 0);
        EXPECT_EQ(failure(), "kek-unusable") << std::oct << mode;
    }
    ASSERT_EQ(::chmod(path.c_str(), 0400), 0);
    EXPECT_EQ(failure(), "none");
}

TEST_F(KekFileTest, that_is_no_key_is_refused) {
    EXPECT_EQ(failure(), "kek-unusable");
    for (std::size_t const size : {0U, 31U, 33U}) {
        std::ofstream{path} << std::string(size, 'k');
        ASSERT_EQ(::chmod(path.c_str(), 0600), 0);
        EXPECT_EQ(failure(), "kek-unusable") << size;
    }
    path = directory.path();
    EXPECT_EQ(failure(), "kek-unusable");
}

class SealerTest : public ::testing::Test {
protected:
    SealedName const name{SealedKind::Secret, "shop/api", 7, "PASSWORD"};
    Sealer const sealer{kek('a')};
    SealedRow const row{name, *sealer.seal(name, base::view_of("hunter2"))};
};

TEST_F(SealerTest, opens_what_it_sealed) {
    EXPECT_EQ(text(sealer.open(row)), "hunter2");
    EXPECT_EQ(row.value.kek, kek('a').id());
    SealedRow const empty{name, *sealer.seal(name, {})};
    EXPECT_EQ(text(sealer.open(empty)), "");
    EXPECT_NE(sealer.seal(name, base::view_of("hunter2"))->sealed, row.value.sealed);
}

TEST_F(SealerTest, opens_nothing_under_another_name) {
    for (auto const& other : {
             SealedName{SealedKind::PackageKey, "shop/api", 7, "PASSWORD"},
             SealedName{SealedKind::Secret, "shop/apis", 7, "PASSWORD"},
             SealedName{SealedKind::Secret, "shop/api", 8, "PASSWORD"},
             SealedName{SealedKind::Secret, "shop/api", 7, "PASSWORDS"},
             SealedName{SealedKind::Secret, "shop/apiPASSWORD", 7, ""},
         })
        EXPECT_EQ(text(sealer.open({other, row.value})), "secret-unreadable");
}

TEST_F(SealerTest, opens_nothing_that_was_changed) {
    for (std::size_t at = 0; at < row.value.sealed.size(); ++at) {
        auto changed = row;
        changed.value.sealed[at] ^= std::byte{1};
        EXPECT_EQ(text(sealer.open(changed)), "secret-unreadable") << at;
        changed = row;
        changed.value.sealed.resize(at);
        EXPECT_EQ(text(sealer.open(changed)), "secret-unreadable") << at;
    }
}

TEST_F(SealerTest, opens_by_the_former_key_and_seals_by_the_current_one) {
    Sealer const both{kek('b'), kek('a')};
    EXPECT_EQ(text(both.open(row)), "hunter2");
    EXPECT_EQ(both.seal(name, {})->kek, kek('b').id());
    EXPECT_EQ(text(Sealer{kek('b')}.open(row)), "secret-unreadable");
    auto lying = row;
    lying.value.kek = kek('b').id();
    EXPECT_EQ(text(both.open(lying)), "secret-unreadable");
}

TEST(Reseal, brings_all_under_the_current_key) {
    os::TemporaryDirectory const directory;
    auto const store = *open_sqlite_store(directory.path() + "/state.sqlite");
    Sealer const former{kek('a')};
    for (unsigned i = 1; i <= 20; ++i) {
        ASSERT_TRUE(store->publish(version("d", i), base::view_of("x")));
        SealedName const name{SealedKind::Secret, "d", i, "S"};
        auto value = *former.seal(name, base::view_of("value " + std::to_string(i)));
        ASSERT_TRUE(store->seal({name, std::move(value)}, base::view_of("x")));
    }
    auto const line = base::view_of("again");
    EXPECT_EQ(reseal(*store, Sealer{kek('b')}, line).error().name, "secret-unreadable");
    Sealer const both{kek('b'), kek('a')};
    EXPECT_EQ(*reseal(*store, both, line), 20U);
    EXPECT_EQ(*reseal(*store, both, line), 0U);
    Sealer const current{kek('b')};
    for (unsigned i = 1; i <= 20; ++i)
        EXPECT_EQ(text(current.open(store->sealed("d", i)->at(0))), "value " + std::to_string(i));
}

} // namespace
} // namespace service
