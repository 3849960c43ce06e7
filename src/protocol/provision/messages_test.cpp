// Each message has one encoding: whatever is missing, doubled, moved, of another type or written in
// another way is refused by the name of a field, and what is accepted is the same when written
// again.

#include "protocol/provision/entrust.hpp"
#include "protocol/provision/messages_for_tests.hpp"
#include "protocol/provision/pull.hpp"

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <string>

#include <gtest/gtest.h>

namespace protocol::provision {
namespace {

using Bytes = std::vector<std::byte>;

// Nothing, or the field that is wrong; in `again` what the message is when it is written again.
using Decode = std::function<Read<void>(base::View, Bytes& again)>;

struct Message {
    std::string name;
    Bytes good;
    Decode decode;
};

template <class Decoded> Decode both_ways(Read<Decoded> (*decode)(base::View)) {
    return [decode](base::View bytes, Bytes& again) -> Read<void> {
        auto const message = TRY(decode(bytes));
        again = encode(message);
        return {};
    };
}

std::vector<Message> messages() {
    return {
        {"binding", encode(testing::binding()), both_ways(decode_binding)},
        {"ready binding", encode(testing::ready_binding()), both_ways(decode_binding)},
        {"deployment", encode(testing::deployment()), both_ways(decode_deployment)},
        {"grant", encode(testing::grant()), both_ways(decode_grant)},
        {"hello",
         encode(Hello{.versions = {1, 7}, .suite = 2, .role = Role::Service}),
         both_ways(decode_hello)},
        {"challenge wish",
         encode(ChallengeWish{.versions = {1, 7}, .name = "shop/api"}),
         both_ways(decode_challenge_wish)},
        {"challenge",
         encode(Challenge{.version = 1, .suite = 2, .request = testing::filled<60, 1>()}),
         both_ways(decode_challenge)},
        {"attestation",
         encode(
             Attestation{
                 .authenticator = testing::filled<300, 1>(),
                 .binding = testing::filled<200, 2>(),
                 .endorsements = {testing::filled<9, 3>()}
             }
         ),
         both_ways(decode_attestation)},
        {"granted", encode(Granted{testing::filled<4096, 1>()}), both_ways(decode_granted)},
        {"certified",
         encode(
             Certified{
                 .chain = {testing::filled<300, 1>(), testing::filled<301, 2>()},
                 .ear = "a.b.c",
                 .not_after = 1'800'000'000,
                 .renew_at = 1'790'000'000
             }
         ),
         both_ways(decode_certified)},
        {"service keys",
         encode(ServiceKeys{.suite = 2, .recipient_key = testing::filled<1216, 1>()}),
         both_ways(decode_service_keys)},
        {"entrust",
         encode(
             Entrust{
                 .name = "shop/api",
                 .serial = 14,
                 .secret = "DB_PASSWORD",
                 .sealed = testing::filled<300, 1>()
             }
         ),
         both_ways(decode_entrust)},
        {"withdraw", encode(Withdraw{"shop/api"}), both_ways(decode_withdraw)},
    };
}

// The pairs of a map, each as it is encoded.
struct Pairs {
    std::vector<std::pair<Bytes, Bytes>> all;

    explicit Pairs(base::View message) {
        base::cbor::Reader reader{message};
        auto const copy = [](base::View bytes) { return Bytes{bytes.begin(), bytes.end()}; };
        auto const count = *reader.map();
        for (std::uint64_t i = 0; i < count; ++i) {
            auto const key = copy(*reader.skip());
            all.emplace_back(key, copy(*reader.skip()));
        }
    }

    Bytes bytes() const {
        Bytes out{std::byte(0xa0 | all.size())};
        for (auto const& [key, value] : all) {
            out.insert(out.end(), key.begin(), key.end());
            out.insert(out.end(), value.begin(), value.end());
        }
        return out;
    }
};

// The same argument in one byte more than it needs.
Bytes longer(Bytes item) {
    auto const head = std::to_integer<unsigned>(item[0]);
    if ((head & 31) < 24) {
        item[0] = std::byte((head & 0xe0) | 24);
        item.insert(item.begin() + 1, std::byte(head & 31));
    } else if ((head & 31) == 24) {
        item[0] = std::byte((head & 0xe0) | 25);
        item.insert(item.begin() + 1, std::byte{0});
    }
    return item;
}

void expect_refused(Message const& message, Bytes const& bytes, std::string const& how) {
    Bytes again;
    auto const read = message.decode(bytes, again);
    ASSERT_FALSE(read) << message.name << ": " << how;
    EXPECT_NE(read.error().field.find('.'), std::string_view::npos) << how;
    EXPECT_LE(read.error().offset, bytes.size()) << how;
}

TEST(Messages, are_the_same_when_written_again) {
    for (auto const& message : messages()) {
        Bytes again;
        EXPECT_TRUE(message.decode(message.good, again)) << message.name;
        EXPECT_EQ(again, message.good) << message.name;
        EXPECT_EQ(Pairs{message.good}.bytes(), message.good) << message.name;
    }
}

TEST(Messages, want_every_field_once_in_its_place) {
    for (auto const& message : messages()) {
        Pairs const good{message.good};
        for (std::size_t i = 0; i < good.all.size(); ++i) {
            auto const field = "pair " + std::to_string(i);
            auto missing = good;
            missing.all.erase(missing.all.begin() + i);
            expect_refused(message, missing.bytes(), field + " missing");
            auto doubled = good;
            doubled.all.insert(doubled.all.begin() + i, good.all[i]);
            expect_refused(message, doubled.bytes(), field + " doubled");
            auto renamed = good;
            renamed.all[i].first = {std::byte{15}};
            expect_refused(message, renamed.bytes(), field + " renamed");
            for (std::size_t j = i + 1; j < good.all.size(); ++j) {
                auto moved = good;
                std::swap(moved.all[i], moved.all[j]);
                expect_refused(message, moved.bytes(), field + " moved");
                auto exchanged = good;
                std::swap(exchanged.all[i].second, exchanged.all[j].second);
                Bytes again;
                // Two digests may stand for each other here; the signature is over both.
                if (message.decode(exchanged.bytes(), again)) EXPECT_EQ(again, exchanged.bytes());
            }
        }
        auto more = good;
        more.all.emplace_back(Bytes{std::byte{20}}, Bytes{std::byte{0}});
        expect_refused(message, more.bytes(), "one more");
        auto behind = message.good;
        behind.push_back({});
        expect_refused(message, behind, "something behind");
    }
}

TEST(Messages, want_every_value_of_its_type_and_in_the_one_encoding) {
    std::array const others{
        Bytes{std::byte{0x20}},                                   // -1
        Bytes{std::byte{0x1b}, {}, {}, {}, {}, {}, {}, {}, {}},   // 0 in eight bytes
        Bytes{std::byte{0x5f}, std::byte{0xff}},                  // bytes of any length
        Bytes{std::byte{0x62}, std::byte{0xc3}, std::byte{0x28}}, // text that is no UTF-8
        Bytes{std::byte{0xf7}},                                   // undefined
        Bytes{std::byte{0xf9}, {}, {}},                           // a float
        Bytes{std::byte{0xc0}, {}},                               // a tag
    };
    for (auto const& message : messages()) {
        Pairs const good{message.good};
        for (std::size_t i = 0; i < good.all.size(); ++i) {
            auto const field = "pair " + std::to_string(i);
            for (auto const& other : others) {
                auto changed = good;
                changed.all[i].second = other;
                expect_refused(message, changed.bytes(), field + " of another type");
            }
            auto longer_value = good;
            longer_value.all[i].second = longer(good.all[i].second);
            if (longer_value.all[i].second != good.all[i].second)
                expect_refused(message, longer_value.bytes(), field + " written longer");
            auto longer_key = good;
            longer_key.all[i].first = longer(good.all[i].first);
            expect_refused(message, longer_key.bytes(), field + " with a longer key");
        }
    }
}

// The fields of each message in their order, as refusals name them.
std::map<std::string, std::vector<std::string>> fields() {
    auto const named = [](std::string const& of, std::vector<std::string> names) {
        for (auto& name : names) name = of + '.' + name;
        return names;
    };
    auto const binding = named(
        "binding",
        {"version", "suite", "role", "key", "recipient", "channel", "peer", "orders", "instance"}
    );
    auto ready = binding;
    std::ranges::copy(
        named("binding", {"workload", "configuration", "tenant", "package", "deployment"}),
        std::back_inserter(ready)
    );
    std::vector<std::string> const deployment{
        "version",
        "name",
        "serial",
        "package",
        "workload",
        "configuration",
        "evidence",
        "grantors",
        "secrets",
        "volumes",
        "certificate",
        "replicas",
        "hardware",
        "log",
    };
    std::vector<std::string> const grant{
        "deployment",
        "keep",
        "report-data",
        "package-key",
        "secrets",
        "volumes",
        "authorities",
        "time",
        "log",
        "sources",
    };
    return {
        {"binding", binding},
        {"ready binding", ready},
        {"deployment", named("deployment", deployment)},
        {"grant", named("grant", grant)},
        {"hello", named("hello", {"versions", "suite", "role"})},
        {"challenge wish", named("challenge", {"versions", "name"})},
        {"challenge", named("challenge", {"version", "suite", "request"})},
        {"attestation", named("attestation", {"authenticator", "binding", "endorsements"})},
        {"granted", named("granted", {"grant"})},
        {"certified", named("certified", {"chain", "ear", "not-after", "renew-at"})},
        {"service keys", named("service", {"version", "suite", "key"})},
        {"entrust", named("entrust", {"version", "name", "serial", "secret", "sealed"})},
        {"withdraw", named("withdraw", {"version", "name"})},
    };
}

TEST(Messages, are_refused_by_the_name_of_the_field_that_is_wrong) {
    for (auto const& message : messages()) {
        auto const names = fields()[message.name];
        Pairs const good{message.good};
        ASSERT_EQ(names.size(), good.all.size()) << message.name << " is not in fields()";
        for (std::size_t i = 0; i < names.size(); ++i) {
            auto const refused = [&](Bytes const& key, Bytes const& value) {
                auto changed = good;
                changed.all[i] = {key, value};
                Bytes again;
                auto const read = message.decode(changed.bytes(), again);
                return read ? "accepted" : std::string{read.error().field};
            };
            auto const& [key, value] = good.all[i];
            EXPECT_EQ(refused({std::byte{15}}, value), names[i]);
            EXPECT_EQ(refused(longer(key), value), names[i]);
            EXPECT_EQ(refused(key, {std::byte{0xf7}}), names[i]) << "undefined";
            EXPECT_EQ(refused(key, {std::byte{0xfb}, {}, {}, {}, {}, {}, {}, {}, {}}), names[i]);
            EXPECT_EQ(refused(key, {std::byte{0xc1}, {}}), names[i]) << "a tag";
            if (longer(value) != value) EXPECT_EQ(refused(key, longer(value)), names[i]);
        }
    }
}

TEST(Messages, cut_anywhere_are_refused_and_with_any_byte_changed_refused_or_another_message) {
    for (auto const& message : messages()) {
        for (std::size_t at = 0; at < message.good.size(); ++at) {
            expect_refused(
                message,
                {message.good.begin(), message.good.begin() + at},
                "cut at " + std::to_string(at)
            );
            for (unsigned bit = 0; bit < 8; ++bit) {
                auto changed = message.good;
                changed[at] ^= std::byte(1U << bit);
                Bytes again;
                if (message.decode(changed, again)) EXPECT_EQ(again, changed) << message.name << at;
            }
        }
    }
}

} // namespace
} // namespace protocol::provision
