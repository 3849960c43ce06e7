// Users who ask a Keep on its application's port what it runs, beside those of the application.

#include "keep/exec/net/dial.hpp"
#include "keep/exec/net/loopback_for_tests.hpp"
#include "keep/exec/net/tls_listener.hpp"
#include "keep/exec/provision/enquiry.hpp"
#include "keep/exec/provision/running_for_tests.hpp"

#include <atomic>

namespace exec::provision {
namespace {

using namespace testing;
using namespace std::chrono_literals;
using wire::FrameType;
using wire::Purpose;
using wire::Role;

constexpr std::string_view hello = "the application";

// A TLS port of an application that greets whoever comes, on a thread of its own.
class Port {
public:
    explicit Port(std::vector<std::string> const& alpn = {}, net::HandshakeLimits limits = {})
        : Port(net::listen_at_free_port(), alpn, limits) {}
    Port(Port const&) = delete;
    Port& operator=(Port const&) = delete;
    ~Port() {
        over_ = true;
        application_.join();
    }

    os::Fd dial() const { return *net::dial("127.0.0.1", port_); }
    int clients() const { return clients_; } // of the application
    Running const& keep() const { return keep_; }

private:
    Port(net::FreePort free, std::vector<std::string> const& alpn, net::HandshakeLimits limits)
        : port_{free.port},
          listener_{
              std::move(free.socket),
              *crypto::TlsContext::server(
                  keep_.desk->ready()->identity(),
                  {.authorities = {}, .alpn = alpn, .also_alpn = also_}
              ),
              std::make_shared<net::ClosingList>(),
              limits,
              ready_protocol(keep_.desk->ready())
          } {}

    void serve() {
        while (!over_) {
            net::WaitSet waits;
            if (!listener_.ready(net::Direction::Read, waits)) {
                (void)os::poll(waits, os::Milliseconds{5});
                continue;
            }
            auto client = listener_.accept(true);
            if (!client) continue;
            ++clients_;
            (void)net::send_text(**client, hello);
        }
    }

    Running& keep_ = running();
    std::vector<std::string> also_{std::string{wire::ready_alpn}};
    std::uint16_t port_;
    net::TlsListener listener_;
    std::atomic<bool> over_ = false;
    std::atomic<int> clients_ = 0;
    std::thread application_{[this] { serve(); }};
};

// What a client of the application's reads there; "" where it gets no connection.
std::string greeting(Port const& port, std::vector<std::string> const& alpn = {}) {
    TestVisit client{port.dial(), alpn};
    if (!client.shake_hands()) return {};
    std::string text(100, '\0');
    while (true) {
        auto const count = client.stream().session().read(std::as_writable_bytes(std::span{text}));
        if (count) return text.substr(0, *count);
        if (count.error() != base::Errno::Again || !client.stream().pull_waiting()) return {};
    }
}

bool asks(TestVisit& visit) {
    return visit.shake_hands() && visit.attest(Purpose::Ready, true, Role::User).has_value();
}

// Whether the Keep ends the connection, without a word, well before the test's patience is over.
bool is_left(TestVisit& visit) {
    pollfd entry{.fd = visit.stream().socket(), .events = POLLIN, .revents = 0};
    auto const came = os::poll({&entry, 1}, os::Milliseconds{5'000});
    return came && *came == 1 && !visit.hear();
}

TEST(Enquiry, IsAnsweredBesideClientsOfTheApplication) {
    Port const port;
    TestVisit user{port.dial()};
    ASSERT_TRUE(user.shake_hands());
    EXPECT_EQ(greeting(port), hello);
    auto const channel = user.attest(Purpose::Ready, true, Role::User);
    ASSERT_TRUE(channel);
    EXPECT_EQ(channel->runs()->deployment, "shop/api");
    EXPECT_TRUE(
        base::equal(channel->runs()->tenant, crypto::sha256(port.keep().tenant.key.public_key()))
    );
    EXPECT_EQ(greeting(port, {"http/1.1"}), hello); // none of ours: as if there were none
    EXPECT_EQ(port.clients(), 2);
}

TEST(Enquiry, LeavesTheApplicationTheProtocolsThatItNames) {
    Port const port{{"h2"}};
    EXPECT_EQ(greeting(port, {"h2"}), hello);
    EXPECT_EQ(greeting(port, {"enarx-ready/1", "h2"}), hello);
    EXPECT_EQ(greeting(port), hello);
    EXPECT_EQ(greeting(port, {"spdy/1"}), "");
    TestVisit user{port.dial()};
    EXPECT_TRUE(asks(user));
    EXPECT_EQ(port.clients(), 3);
}

TEST(Enquiry, IsOneOnEachConnection) {
    Port const port;
    TestVisit user{port.dial()};
    ASSERT_TRUE(asks(user));
    ASSERT_TRUE(is_left(user));
    EXPECT_FALSE(user.attest(Purpose::Ready, false));
    TestVisit again{port.dial()};
    EXPECT_TRUE(asks(again));
}

TEST(Enquiry, OfAnotherFormIsRefusedAndTheApplicationHearsNothing) {
    Port const port;
    auto const refusal = [&](auto const& say) {
        TestVisit visit{port.dial()};
        EXPECT_TRUE(visit.shake_hands());
        say(visit);
        return visit.refusal();
    };
    auto const null = Running::null();
    EXPECT_EQ(refusal([&](auto& visit) { visit.say(FrameType::Start, null); }), "protocol-version");
    EXPECT_EQ(
        refusal([&](auto& visit) { visit.say(FrameType::Request, null); }), "protocol-version"
    );
    EXPECT_EQ(
        refusal([&](auto& visit) { visit.say(FrameType::Hello, Bytes(60'000)); }),
        "protocol-version"
    );
    EXPECT_EQ(
        refusal([](auto& visit) {
            Bytes const length(4, std::byte{0xff});
            (void)visit.stream().session().write(length);
            (void)visit.stream().flush();
        }),
        "protocol-version"
    );
    // The tenant's own door is elsewhere.
    EXPECT_EQ(
        refusal([](auto& visit) {
            visit.say(
                FrameType::Hello, wire::encode(wire::Hello{.suite = 2, .role = Role::Tenant})
            );
            visit.say(
                FrameType::Request,
                wire::encode_bytes(authenticator::request(authenticator::End::Server, Bytes(32)))
            );
        }),
        "protocol-version"
    );
    EXPECT_EQ(port.clients(), 0);
    EXPECT_EQ(greeting(port), hello);
}

TEST(Enquiry, OfOneWhoSaysNothingEndsInTimeAndHoldsUpNobody) {
    Port const port{{}, {.patience = 300ms}};
    TestVisit silent{port.dial()};
    ASSERT_TRUE(silent.shake_hands());
    EXPECT_EQ(greeting(port), hello);
    TestVisit user{port.dial()};
    EXPECT_TRUE(asks(user));
    EXPECT_TRUE(is_left(silent));
}

TEST(Enquiry, OfMoreThanThereMayBeMakesPlaceForTheNext) {
    Port const port{{}, {.at_once = 4}};
    std::vector<TestVisit> silent;
    for (int i = 0; i < 8; ++i) {
        silent.emplace_back(port.dial());
        EXPECT_TRUE(silent.back().shake_hands());
    }
    EXPECT_EQ(greeting(port), hello);
    TestVisit user{port.dial()};
    EXPECT_TRUE(asks(user));
    EXPECT_TRUE(is_left(silent.front()));
}

TEST(Enquiry, IsAnsweredToManyAtOnceHereAndAtTheTenantsDoor) {
    Port const port;
    std::atomic<int> answered = 0;
    std::vector<std::thread> users;
    for (int i = 0; i < 4; ++i)
        users.emplace_back([&] {
            for (int j = 0; j < 10; ++j) {
                TestVisit here{port.dial()};
                if (asks(here)) ++answered;
                auto const key = *crypto::P256SigningKey::generate();
                TestVisit there{port.keep().door.knock(), key};
                if (asks(there)) ++answered;
            }
        });
    for (auto& user : users) user.join();
    EXPECT_EQ(answered, 80);
}

} // namespace
} // namespace exec::provision
