// Serials of deployments under many threads are one register: every recorded history of publish()
// and newest() could have happened one call after the other.

#include "os/temporary_directory.hpp"
#include "service/store/linearizable_for_tests.hpp"
#include "service/store/rows_for_tests.hpp"
#include "service/store/sqlite/sqlite_store.hpp"

#include <chrono>
#include <random>
#include <thread>

#include <gtest/gtest.h>

namespace service {
namespace {

using namespace testing;
using Kind = Call::Kind;

std::int64_t now() { return std::chrono::steady_clock::now().time_since_epoch().count(); }

Call publish(Store& store, std::string const& name, std::uint64_t serial) {
    Call out{Kind::Raise, now(), 0, serial};
    auto const answer = store.publish(version(name, serial), base::view_of("x"));
    out.end = now();
    if (!answer) {
        // "...has serial 17"
        auto const& text = answer.error().failure.text;
        out.seen = std::stoull(text.substr(text.rfind(' ') + 1));
    }
    return out;
}

Call read(Store& store, std::string const& name) {
    Call out{Kind::Read, now()};
    auto const there = *store.newest(name);
    out.end = now();
    out.seen = there ? there->serial : 0;
    return out;
}

std::vector<Call> history(Store& store, std::string const& name, unsigned seed) {
    constexpr unsigned threads = 5;
    constexpr unsigned calls = 8;
    std::vector<std::vector<Call>> each(threads);
    std::vector<std::thread> all;
    for (unsigned t = 0; t < threads; ++t)
        all.emplace_back([&, t] {
            std::minstd_rand random{seed * threads + t + 1};
            for (unsigned i = 0; i < calls; ++i)
                each[t].push_back(
                    random() % 3 == 0 ? read(store, name) : publish(store, name, 1 + random() % 40)
                );
        });
    for (auto& thread : all) thread.join();
    std::vector<Call> out;
    for (auto const& some : each) out.insert(out.end(), some.begin(), some.end());
    return out;
}

TEST(Concurrency, publishing_and_reading_is_linearizable) {
    os::TemporaryDirectory const directory;
    auto const store = *open_sqlite_store(directory.path() + "/state.sqlite");
    for (unsigned round = 0; round < 40; ++round) {
        auto const calls = history(*store, "name" + std::to_string(round), round);
        EXPECT_TRUE(Linearizable{calls}.holds()) << round;
    }
}

TEST(Concurrency, of_many_who_seal_one_name_at_once_one_has_done_so_and_its_value_stays) {
    os::TemporaryDirectory const directory;
    auto const store = *open_sqlite_store(directory.path() + "/state.sqlite");
    for (std::uint64_t serial = 1; serial <= 20; ++serial) {
        ASSERT_TRUE(store->publish(version("a", serial), base::view_of("x")));
        std::vector<std::string> sealed(8);
        std::vector<std::thread> all;
        for (std::size_t i = 0; i < sealed.size(); ++i)
            all.emplace_back([&, i] {
                auto const value = "of " + std::to_string(i);
                auto const done = store->seal(secret("a", serial, value), base::view_of("x"));
                if (done)
                    sealed[i] = value;
                else
                    EXPECT_TRUE(refused(done, Why::Conflict, "secret-exists"));
            });
        for (auto& thread : all) thread.join();
        std::erase(sealed, "");
        ASSERT_EQ(sealed.size(), 1U);
        EXPECT_EQ(store->sealed("a", serial)->at(0).value.sealed, bytes(sealed[0]));
    }
}

// The checker tells right from wrong.
TEST(Linearizable, finds_what_cannot_have_happened) {
    using History = std::vector<Call>;
    Call const one{Kind::Raise, 0, 10, 1};
    History const right{one, {Kind::Read, 11, 20, 0, 1}};
    EXPECT_TRUE(Linearizable{right}.holds());
    History const either{one, {Kind::Read, 5, 20, 0, 0}};
    EXPECT_TRUE(Linearizable{either}.holds());
    History const lost{one, {Kind::Read, 11, 20, 0, 0}};
    EXPECT_FALSE(Linearizable{lost}.holds());
    History const twice{one, {Kind::Raise, 11, 20, 1}};
    EXPECT_FALSE(Linearizable{twice}.holds());
    History const refused{one, {Kind::Raise, 11, 20, 1, 1}};
    EXPECT_TRUE(Linearizable{refused}.holds());
    History const back{{Kind::Raise, 0, 9, 5}, {Kind::Read, 1, 2, 0, 5}, {Kind::Read, 3, 4, 0, 0}};
    EXPECT_FALSE(Linearizable{back}.holds());
}

} // namespace
} // namespace service
