// What Go's crypto/hpke sealed is opened, and nothing that differs from it by a bit.

#include "crypto/hpke.hpp"
#include "crypto/testing.hpp"
#include "crypto/x_wing.hpp"

#include <algorithm>
#include <map>
#include <sstream>

#include <gtest/gtest.h>

namespace crypto::hpke {
namespace {

using Bytes = std::vector<std::byte>;

struct Recorded {
    Suite suite{};
    Bytes key, public_key, info, message, sealed;
};

Bytes field(std::string const& text) { return text == "-" ? Bytes{} : testing::unhex(text); }

std::vector<Recorded> recorded() {
    auto const file = testing::read("hpke/go.txt");
    std::istringstream lines{std::string{base::text_of(file)}};
    std::vector<Recorded> all;
    std::string suite, key, public_key, info, message, sealed;
    while (lines >> suite >> key >> public_key >> info >> message >> sealed)
        all.push_back(
            {.suite = suite == "1" ? Suite::X25519 : Suite::XWing,
             .key = field(key),
             .public_key = field(public_key),
             .info = field(info),
             .message = field(message),
             .sealed = field(sealed)}
        );
    return all;
}

Key key_of(Recorded const& of) {
    base::Bytes<Key::private_size> bytes{};
    std::ranges::copy(of.key, bytes.begin());
    return *Key::from_private(of.suite, bytes);
}

Bytes opened(Key const& key, base::View info, base::View sealed) {
    auto const message = key.open(info, sealed);
    if (!message) return Bytes{};
    return {message->view().begin(), message->view().end()};
}

TEST(Hpke, opens_what_go_sealed_in_both_suites) {
    auto const all = recorded();
    ASSERT_EQ(all.size(), 6U);
    for (auto const& each : all) {
        auto const key = key_of(each);
        EXPECT_TRUE(base::equal(key.public_key(), each.public_key));
        EXPECT_TRUE(key.open(each.info, each.sealed));
        EXPECT_EQ(opened(key, each.info, each.sealed), each.message);
    }
}

TEST(Hpke, seals_so_that_the_key_opens_it_and_each_time_anew) {
    for (auto const suite : {Suite::X25519, Suite::XWing}) {
        auto const key = *Key::generate(suite);
        EXPECT_EQ(key.public_key().size(), public_size(suite));
        auto const info = base::view_of("info");
        auto const message = base::view_of("message");
        auto const first = *seal(suite, key.public_key(), info, message);
        auto const second = *seal(suite, key.public_key(), info, message);
        EXPECT_EQ(first.size(), overhead(suite) + message.size());
        EXPECT_NE(first, second);
        EXPECT_TRUE(base::equal(opened(key, info, first), message));
        EXPECT_TRUE(base::equal(opened(key, info, second), message));
    }
}

TEST(Hpke, opens_nothing_that_was_changed_cut_or_meant_otherwise) {
    for (auto const& each : recorded()) {
        auto const key = key_of(each);
        auto const step = std::max<std::size_t>(1, each.sealed.size() / 64);
        for (std::size_t at = 0; at < each.sealed.size(); at += step) {
            auto changed = each.sealed;
            changed[at] ^= std::byte{1};
            EXPECT_EQ(key.open(each.info, changed).error(), base::Errno::BadMsg) << at;
            auto const cut = base::View{each.sealed}.first(at);
            EXPECT_EQ(key.open(each.info, cut).error(), base::Errno::BadMsg) << at;
        }
        auto longer = each.sealed;
        longer.push_back({});
        EXPECT_EQ(key.open(each.info, longer).error(), base::Errno::BadMsg);
        auto info = each.info;
        info.push_back({});
        EXPECT_EQ(key.open(info, each.sealed).error(), base::Errno::BadMsg);
        auto const other = *Key::generate(each.suite);
        EXPECT_EQ(other.open(each.info, each.sealed).error(), base::Errno::BadMsg);
    }
}

TEST(Hpke, seals_for_nothing_that_is_no_key) {
    for (auto const suite : {Suite::X25519, Suite::XWing}) {
        // A point of small order gives every sender the same secret (RFC 9180, 7.1.4).
        EXPECT_FALSE(seal(suite, Bytes(public_size(suite)), {}, {}));
        EXPECT_FALSE(seal(suite, Bytes(public_size(suite) - 1, std::byte{9}), {}, {}));
        EXPECT_FALSE(seal(suite, Bytes(public_size(suite) + 1, std::byte{9}), {}, {}));
    }
}

TEST(XWing, gives_the_secret_of_the_drafts_vector) {
    auto const file = testing::read("hpke/x-wing.txt");
    std::istringstream lines{std::string{base::text_of(file)}};
    std::map<std::string, Bytes> vector;
    for (std::string name, value; lines >> name >> value;) vector[name] = testing::unhex(value);
    x_wing::PrivateKey key{};
    x_wing::Encapsulated encapsulated{};
    ASSERT_EQ(vector["private"].size(), key.size());
    ASSERT_EQ(vector["encapsulated"].size(), encapsulated.size());
    std::ranges::copy(vector["private"], key.begin());
    std::ranges::copy(vector["encapsulated"], encapsulated.begin());
    EXPECT_TRUE(base::equal(*x_wing::public_key(key), vector["public"]));
    EXPECT_TRUE(base::equal(*x_wing::decapsulate(key, encapsulated), vector["secret"]));
}

} // namespace
} // namespace crypto::hpke
