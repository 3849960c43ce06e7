#pragma once

// One good message of each kind, with every field filled.

#include "protocol/provision/binding.hpp"
#include "protocol/provision/deployment.hpp"
#include "protocol/provision/frame.hpp"
#include "protocol/provision/grant.hpp"
#include "protocol/provision/signed.hpp"

#include <array>

namespace protocol::provision::testing {

template <std::size_t N, unsigned char Value> constexpr base::View filled() {
    static constexpr auto bytes = [] {
        std::array<std::byte, N> out{};
        out.fill(std::byte{Value});
        return out;
    }();
    return bytes;
}

inline Binding binding() {
    return {
        .suite = 2,
        .end = End::Server,
        .identity_key = filled<91, 1>(),
        .recipient_key = filled<1216, 2>(),
        .binder = filled<48, 3>(),
        .peer = filled<32, 4>(),
        .orders = filled<32, 5>(),
        .instance = filled<16, 6>(),
        .loaded = {},
    };
}

inline Binding ready_binding() {
    auto out = binding();
    out.recipient_key = {};
    out.loaded = Loaded{
        .workload = filled<32, 7>(),
        .configuration = filled<32, 8>(),
        .tenant = filled<32, 9>(),
        .package = filled<32, 10>(),
        .deployment = "shop/api",
        .serial = 14,
    };
    return out;
}

inline Deployment deployment() {
    return {
        .name = "shop/api",
        .serial = 14,
        .package = filled<32, 10>(),
        .workload = filled<32, 7>(),
        .configuration = filled<32, 8>(),
        .policy = filled<32, 11>(),
        .measurements = {filled<48, 12>()},
        .grantors = {filled<32, 13>(), filled<32, 9>()},
        .secrets =
            {{.name = "DB_PASSWORD", .place = Place::Variable, .where = "DB_PASSWORD"},
             {.name = "KEY", .place = Place::File, .where = "key.pem"}},
        .dns_names = {"api.example"},
        .certificate_hours = 24,
        .replicas = 3,
        .not_after = 1'800'000'000,
        .hardware = true,
        .log = LogKey{.origin = "example.com/log", .key = filled<32, 21>()},
    };
}

inline Grant grant() {
    return {
        .deployment = filled<300, 14>(),
        .keep_id = filled<32, 15>(),
        .report_data = filled<64, 16>(),
        .package_key = filled<32, 17>(),
        .secrets = {{"DB_PASSWORD", filled<9, 18>()}, {"KEY", filled<0, 0>()}},
        .authorities = {filled<100, 19>()},
        .time = 1'790'000'000,
        .log = Log{.checkpoint = "log\n1\n", .proof = filled<40, 20>()},
        .sources = {
            {.repository = "https://registry.example/shop/api",
             .credentials = "alice:word",
             .authorities = "PEM"},
            {.repository = "http://127.0.0.1:5000/api", .credentials = {}, .authorities = {}}
        },
    };
}

} // namespace protocol::provision::testing
