// What the fields of messages may be, beyond their encoding.

#include "protocol/provision/entrust.hpp"
#include "protocol/provision/messages_for_tests.hpp"

#include <array>
#include <string>

#include <gtest/gtest.h>

namespace protocol::provision {
namespace {

std::string field_of(Deployment const& changed) {
    auto const read = decode_deployment(encode(changed));
    return read ? "accepted" : std::string{read.error().field};
}

template <class Change> std::string deployment_with(Change const& change) {
    auto it = testing::deployment();
    change(it);
    return field_of(it);
}

TEST(Deployment, refuses_a_name_a_serial_and_a_place_that_mean_nothing_or_lead_elsewhere) {
    for (auto const* const name : {"", "Shop", "shop api", "shop\n", "sh\xc3\xb6p"})
        EXPECT_EQ(deployment_with([&](auto& it) { it.name = name; }), "deployment.name") << name;
    EXPECT_EQ(deployment_with([](auto& it) { it.serial = 0; }), "deployment.serial");
    for (auto const* const where : {"", ".", "..", "../key", "a/b", "/key"})
        EXPECT_EQ(
            deployment_with([&](auto& it) { it.secrets[1].where = where; }), "deployment.secrets"
        ) << where;
    for (auto const* const where : {"1A", "A=B", "A B", "A-B"})
        EXPECT_EQ(
            deployment_with([&](auto& it) { it.secrets[0].where = where; }), "deployment.secrets"
        ) << where;
}

TEST(Deployment, refuses_two_secrets_of_one_name_nobody_who_may_grant_and_a_life_without_end) {
    auto const secrets = [](auto& it) { it.secrets[1].name = it.secrets[0].name; };
    EXPECT_EQ(deployment_with(secrets), "deployment.secrets");
    EXPECT_EQ(deployment_with([](auto& it) { it.grantors.clear(); }), "deployment.grantors");
    EXPECT_EQ(
        deployment_with([](auto& it) { it.certificate_hours = 169; }), "deployment.certificate"
    );
    EXPECT_EQ(deployment_with([](auto& it) { it.replicas = 0; }), "deployment.replicas");
    EXPECT_EQ(deployment_with([](auto& it) { it.not_after = 0; }), "deployment.not-after");
}

TEST(Deployment, names_a_log_by_origin_and_key_or_none) {
    EXPECT_EQ(deployment_with([](auto& it) { it.log.reset(); }), "accepted");
    std::string const longest(128, 'x');
    auto const longer = longest + 'x';
    EXPECT_EQ(deployment_with([&](auto& it) { it.log->origin = longest; }), "accepted");
    EXPECT_EQ(deployment_with([&](auto& it) { it.log->origin = longer; }), "deployment.log");
    EXPECT_EQ(deployment_with([](auto& it) { it.log->origin = ""; }), "deployment.log");
    for (auto const key : {testing::filled<31, 1>(), testing::filled<33, 1>(), base::View{}})
        EXPECT_EQ(deployment_with([&](auto& it) { it.log->key = key; }), "deployment.log");
}

TEST(Grant, has_a_checkpoint_and_a_proof_of_bounded_size_or_neither) {
    auto const with = [](auto const& change) {
        auto it = testing::grant();
        change(it);
        auto const read = decode_grant(encode(it));
        return read ? "accepted" : std::string{read.error().field};
    };
    std::string const largest(4096, 'x');
    auto const larger = largest + 'x';
    EXPECT_EQ(with([](auto& it) { it.log.reset(); }), "accepted");
    EXPECT_EQ(with([&](auto& it) { it.log->checkpoint = largest; }), "accepted");
    EXPECT_EQ(with([&](auto& it) { it.log->checkpoint = larger; }), "grant.log");
    EXPECT_EQ(with([](auto& it) { it.log->checkpoint = ""; }), "grant.log");
    EXPECT_EQ(with([](auto& it) { it.log->proof = testing::filled<2056, 1>(); }), "accepted");
    EXPECT_EQ(with([](auto& it) { it.log->proof = testing::filled<2057, 1>(); }), "grant.log");
    EXPECT_EQ(with([](auto& it) { it.log->proof = testing::filled<7, 1>(); }), "grant.log");
}

TEST(Source, is_an_address_and_tells_nobody_without_tls_who_asks) {
    auto const outcome = [](Source const& source) {
        auto const read = decode_source(encode(source));
        return read ? "accepted" : std::string{read.error().field};
    };
    Source const good{
        .repository = "https://registry.example/a", .credentials = "a:b", .authorities = "PEM"
    };
    EXPECT_EQ(outcome(good), "accepted");
    auto plain = good;
    plain.repository = "http://registry.example/a";
    EXPECT_EQ(outcome(plain), "grant.sources");
    plain.credentials.reset();
    EXPECT_EQ(outcome(plain), "accepted");
    for (auto const* const other : {"registry.example/a", "ftp://registry.example/a", ""}) {
        auto bad = good;
        bad.repository = other;
        EXPECT_EQ(outcome(bad), "grant.sources") << other;
    }
}

TEST(Grant, has_one_key_of_a_package_or_one_for_each_layer_of_an_image) {
    auto const outcome = [](std::size_t size) {
        std::vector<std::byte> const key(size);
        auto it = testing::grant();
        it.package_key = key;
        auto const read = decode_grant(encode(it));
        return read ? "accepted" : std::string{read.error().field};
    };
    for (std::size_t const size : {32U, 48U, 96U, 48U * 64U}) EXPECT_EQ(outcome(size), "accepted");
    for (std::size_t const size : {0U, 31U, 33U, 47U, 49U, 64U, 48U * 65U})
        EXPECT_EQ(outcome(size), "grant.package-key") << size;
}

TEST(Binding, has_a_recipient_key_before_a_grant_and_none_after) {
    auto empty = testing::binding();
    empty.recipient_key = {};
    EXPECT_EQ(decode_binding(encode(empty)).error().field, "binding.recipient");
    auto ready = testing::ready_binding();
    ready.recipient_key = testing::filled<32, 2>();
    EXPECT_EQ(decode_binding(encode(ready)).error().field, "binding.recipient");
}

TEST(Binding, names_each_field_that_has_another_size) {
    auto const field = [](auto const& change) {
        auto it = testing::ready_binding();
        change(it);
        auto const read = decode_binding(encode(it));
        return read ? "accepted" : std::string{read.error().field};
    };
    auto const short_one = testing::filled<31, 1>();
    EXPECT_EQ(field([](auto& it) { it.suite = 3; }), "binding.suite");
    EXPECT_EQ(field([](auto& it) { it.end = End(2); }), "binding.role");
    EXPECT_EQ(field([](auto& it) { it.identity_key = {}; }), "binding.key");
    EXPECT_EQ(field([](auto& it) { it.binder = testing::filled<40, 1>(); }), "binding.channel");
    EXPECT_EQ(field([&](auto& it) { it.peer = short_one; }), "binding.peer");
    EXPECT_EQ(field([&](auto& it) { it.orders = short_one; }), "binding.orders");
    EXPECT_EQ(field([&](auto& it) { it.instance = short_one; }), "binding.instance");
    EXPECT_EQ(field([&](auto& it) { it.loaded->workload = short_one; }), "binding.workload");
    EXPECT_EQ(
        field([&](auto& it) { it.loaded->configuration = short_one; }), "binding.configuration"
    );
    EXPECT_EQ(field([&](auto& it) { it.loaded->tenant = short_one; }), "binding.tenant");
    EXPECT_EQ(field([&](auto& it) { it.loaded->package = short_one; }), "binding.package");
    EXPECT_EQ(field([](auto& it) { it.loaded->serial = 0; }), "binding.deployment");
    EXPECT_EQ(field([](auto& it) { it.loaded->deployment = "A"; }), "binding.deployment");
}

TEST(Purposes, are_no_beginnings_of_each_other) {
    std::array const all{
        text_of(Purpose::Provision), text_of(Purpose::Ready), std::string_view{"enarx/v1/app"}
    };
    for (std::size_t one = 0; one < all.size(); ++one)
        for (std::size_t other = 0; other < all.size(); ++other)
            if (one != other) EXPECT_FALSE(all.at(one).starts_with(all.at(other))) << all.at(one);
    EXPECT_FALSE(std::string_view{"{"}.starts_with(all[0]));
}

TEST(Entrust, is_sealed_for_one_name_one_serial_one_secret_and_one_tenant) {
    Entrust const good{.name = "shop/api", .serial = 14, .secret = "PASSWORD", .sealed = {}};
    auto const info = [](Entrust entrust, base::View tenant, auto const& change) {
        change(entrust);
        return info_of_entrust(entrust, tenant);
    };
    auto const same = [](auto&) {};
    auto const mine = testing::filled<32, 1>();
    std::array const all{
        info(good, mine, same),
        info(good, testing::filled<32, 2>(), same),
        info(good, mine, [](auto& it) { it.name = "shop/db"; }),
        info(good, mine, [](auto& it) { it.serial = 15; }),
        info(good, mine, [](auto& it) { it.secret = "KEY"; }),
        info(good, mine, [](auto& it) { it.secret = std::nullopt; }),
    };
    for (std::size_t one = 0; one < all.size(); ++one)
        for (std::size_t other = 0; other < one; ++other) EXPECT_NE(all.at(one), all.at(other));
}

TEST(Grant, is_padded_so_that_only_one_length_means_it) {
    auto const good = padded(testing::filled<100, 1>());
    EXPECT_EQ(good.size(), padding_step);
    EXPECT_EQ(unpadded(good)->size(), 100U);
    EXPECT_EQ(padded(testing::filled<4092, 1>()).size(), padding_step);
    EXPECT_EQ(padded(testing::filled<4093, 1>()).size(), 2 * padding_step);
    auto more = good;
    more.resize(2 * padding_step);
    EXPECT_FALSE(unpadded(more)) << "a step too many";
    auto dirty = good;
    dirty.back() = std::byte{1};
    EXPECT_FALSE(unpadded(dirty));
    auto lying = good;
    lying[0] = std::byte{1};
    EXPECT_FALSE(unpadded(lying));
    EXPECT_FALSE(unpadded({}));
    EXPECT_FALSE(unpadded(base::View{good}.first(100)));
}

TEST(Signed, has_one_algorithm_and_says_of_what_and_whose) {
    auto const key = testing::filled<91, 1>();
    auto const header = signed_header(deployment_type, key);
    auto const good = encode_signed(header, testing::filled<50, 2>(), testing::filled<64, 3>());
    auto const read = decode_signed(good, deployment_type);
    ASSERT_TRUE(read);
    EXPECT_TRUE(base::equal(read->key, key));
    EXPECT_TRUE(base::equal(read->header, header));
    EXPECT_EQ(decode_signed(good, grant_type).error().field, "signature.type");
    auto other = header;
    other[2] = std::byte{0x27}; // -8, EdDSA
    auto const other_algorithm =
        encode_signed(other, testing::filled<50, 2>(), testing::filled<64, 3>());
    EXPECT_EQ(decode_signed(other_algorithm, deployment_type).error().field, "signature.algorithm");
    for (std::size_t at = 0; at < good.size(); ++at)
        EXPECT_FALSE(decode_signed(base::View{good}.first(at), deployment_type)) << at;
}

} // namespace
} // namespace protocol::provision
