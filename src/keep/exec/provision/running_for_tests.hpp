#pragma once

// A Keep that a tenant has provisioned, and whose application is the test itself.

#include "base/cbor.hpp"
#include "base/hex.hpp"
#include "keep/exec/provision/desk.hpp"
#include "keep/exec/provision/tenant_for_tests.hpp"

#include <future>
#include <thread>

namespace exec::provision::testing {

struct Running {
    Door door;
    TestTenant tenant;
    TestPackage package{{{"main.wasm", "a module"}}};
    std::optional<TestVisit> first;
    Desk* desk = nullptr;
    std::promise<int> stopped;

    Running() {
        Digest const some{};
        auto empty = *Empty::born(some, {});
        auto reception = *Reception::open(door.share(), empty.identity());
        auto const sum = *base::unhex(std::string_view{package.digest}.substr(7));
        first.emplace(door.knock(), tenant.grantor);
        std::thread tenants{[&] {
            ASSERT_TRUE(first->shake_hands());
            auto const channel = first->attest(wire::Purpose::Provision);
            ASSERT_TRUE(channel);
            wire::Deployment wish;
            wish.package = sum;
            wish.workload = some;
            wish.configuration = some;
            auto const signed_one = tenant.deployment(wish);
            first->grant(
                *channel,
                tenant.grantor,
                {.deployment = signed_one, .package_key = {}, .secrets = {}}
            );
            EXPECT_EQ(first->state(first->hear()), wire::State::Granted);
            EXPECT_EQ(first->state(first->serve(package.blobs)), wire::State::Ready);
            ASSERT_TRUE(first->attest(wire::Purpose::Ready, false));
            first->say(wire::FrameType::Start, null());
        }};
        auto visit = *wait_for_grant(reception, std::move(empty));
        EXPECT_TRUE(fetch_package(visit, nullptr));
        auto ready = *wait_for_start(reception, std::move(visit), some, some);
        tenants.join();
        // Its thread goes on as long as the process.
        desk = Desk::open(std::move(reception), std::move(ready), [this](int signal) {
                   stopped.set_value(signal);
               })->release();
        desk->run();
        EXPECT_EQ(first->state(first->hear()), wire::State::Running);
    }
    static Bytes null() {
        return base::cbor::encoded([](auto& w) { w.simple(base::cbor::simple_null); });
    }
    std::optional<TestVisit> knock(crypto::P256SigningKey const& key) const {
        TestVisit back{door.knock(), key};
        if (!back.shake_hands() || !back.attest(wire::Purpose::Ready)) return {};
        return back;
    }
    std::optional<TestVisit> attach(crypto::P256SigningKey const& key, std::uint64_t seen) const {
        auto back = knock(key);
        if (!back) return {};
        base::U64 const little{seen};
        Bytes number(8);
        std::ranges::copy(std::as_bytes(std::span{&little, 1}), number.rbegin());
        back->say(
            wire::FrameType::Command,
            wire::encode(wire::Command{.code = wire::CommandCode::Attach, .bytes = number})
        );
        return back;
    }
};

// What a Keep says first to a tenant that comes back: where its output and its input go on.
inline std::pair<std::uint64_t, std::uint64_t>
counts_of(std::optional<TestVisit::Heard> const& heard) {
    if (!heard || heard->type != wire::FrameType::Command) return {~0ULL, ~0ULL};
    auto const bytes = wire::decode_command(heard->body)->bytes;
    auto const number = [&](std::size_t at) {
        std::uint64_t out = 0;
        for (auto const byte : bytes.subspan(at, 8))
            out = out << 8 | std::to_integer<unsigned>(byte);
        return out;
    };
    return {number(0), number(8)};
}

// Leaks what its thread uses.
inline Running& running() { return *new Running; }

} // namespace exec::provision::testing
