#pragma once

// A server with routes of a test's own, and clients that say what they like to it.

#include "crypto/tls_pair_for_tests.hpp"
#include "net/server/server.hpp"
#include "os/socket.hpp"

#include <future>
#include <thread>

#include <gtest/gtest.h>
#include <sys/socket.h>

namespace net::server::testing {

using namespace std::chrono_literals;

// Remembers what came of a body.
struct Store {
    std::string text;
    bool ended = false;
    int open = 0;
};

class ToStore : public Sink {
public:
    explicit ToStore(Store& store) : store_{store} { ++store_.open; }
    ~ToStore() override { --store_.open; }
    std::optional<Response> write(base::View piece) override {
        store_.text += base::text_of(piece);
        if (store_.text.contains("stop")) return problem(422, "request-invalid", "stop it");
        return {};
    }
    void end(Answer answer) override {
        store_.ended = true;
        answer({.status = 201, .type = "", .body = ""});
    }

private:
    Store& store_;
};

class ServerTest : public ::testing::Test {
protected:
    std::unique_ptr<Loop> loop = *Loop::create();
    std::optional<Server> server;
    std::thread thread;
    std::uint16_t port = 0;
    Store store;
    std::optional<Answer> kept;
    std::promise<void> was_kept;
    os::Fd far; // the other end of a tunnel

    Response echo(Request const& request, Client& client) {
        auto& count = client.slot();
        count = count.has_value() ? std::any_cast<int>(count) + 1 : 1;
        return {
            .type = "text/plain",
            .body = request.method + ' ' + std::string{request.part("name")} + ' ' + request.query +
                    ' ' + std::string{request.text()} + ' ' +
                    std::to_string(std::any_cast<int>(count)) +
                    (client.public_key().empty() ? "" : " key")
        };
    }

    Router router() {
        Router out;
        auto const plain = [this](Request const& request, Client& client) {
            return echo(request, client);
        };
        out.add({.method = "GET", .pattern = "/echo/{name}", .handler = plain});
        out.add({.method = "POST", .pattern = "/echo/{name}", .handler = plain, .body = 1000});
        out.add(
            {.method = "PUT",
             .pattern = "/store",
             .handler = OpenSink{[this](auto const&, auto&, auto) {
                 return std::make_unique<ToStore>(store);
             }},
             .body = 10 << 20}
        );
        out.add(
            {.method = "PUT",
             .pattern = "/closed",
             .handler = plain,
             .body = 10 << 20,
             .guard = [](auto const&, auto&) {
                 return problem(401, "request-invalid", "who are you?");
             }}
        );
        out.add(
            {.method = "GET",
             .pattern = "/later",
             .handler = Later{[this](Request const&, auto&, Answer a) {
                 kept.emplace(std::move(a));
                 was_kept.set_value();
             }}}
        );
        out.add(
            {.method = "GET",
             .pattern = "/never",
             .handler = Later{[](Request const&, auto&, auto) {}}}
        );
        out.add(
            {.method = "GET",
             .pattern = "/tunnel",
             .handler = [this](Request const&, Client&) -> Response {
                 std::array<int, 2> ends{};
                 (void)::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data());
                 far = os::Fd{ends[0]};
                 return {
                     .status = 101, .tunnel = Tunnel{.protocol = "test", .socket = os::Fd{ends[1]}}
                 };
             }}
        );
        return out;
    }

    void start(Limits limits = {}, std::optional<crypto::TlsContext> tls = {}) {
        server.emplace(*loop, router(), limits);
        auto const where =
            server->listen(*os::SocketAddress::parse("127.0.0.1", 0), std::move(tls));
        ASSERT_TRUE(where) << where.error().text;
        port = where->port();
        thread = std::thread{[this] { ASSERT_TRUE(loop->run()); }};
    }

    void TearDown() override {
        if (!thread.joinable()) return;
        loop->stop();
        thread.join();
    }

    os::Fd connect() const {
        os::Fd socket{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
        auto const address = *os::SocketAddress::parse("127.0.0.1", port);
        EXPECT_EQ(::connect(socket.number(), address.data(), address.size()), 0);
        timeval const patience{.tv_sec = 10, .tv_usec = 0};
        ::setsockopt(socket.number(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        return socket;
    }

    static void say(os::Fd const& socket, std::string_view text) {
        while (!text.empty()) {
            auto const sent = ::send(socket.number(), text.data(), text.size(), MSG_NOSIGNAL);
            if (sent < 0) return;
            text.remove_prefix(static_cast<std::size_t>(sent));
        }
    }

    // All until the end, or until what is expected is there.
    static std::string hear(os::Fd const& socket, std::string_view until = {}) {
        std::string out;
        std::array<char, 4096> piece{};
        while (until.empty() || !out.contains(until)) {
            auto const got = ::recv(socket.number(), piece.data(), piece.size(), 0);
            if (got <= 0) break;
            out.append(piece.data(), static_cast<std::size_t>(got));
        }
        return out;
    }

    std::string ask(std::string_view text) const {
        auto const socket = connect();
        say(socket, text);
        return hear(socket);
    }
};

inline std::string body_of(std::string const& answer) {
    auto const end = answer.find("\r\n\r\n");
    return end == std::string::npos ? "no end of header: " + answer : answer.substr(end + 4);
}

} // namespace net::server::testing
