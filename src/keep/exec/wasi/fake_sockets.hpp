#pragma once

// For tests and fuzzers: sockets without a network.

#include "keep/exec/net/connection.hpp"

#include <algorithm>
#include <deque>
#include <random>
#include <string>
#include <utility>

namespace exec::net {

// What a fake connection was asked and what it answers. The test holds it, the connection points to
// it.
struct Script {
    std::string incoming;
    std::string sent;
    bool peer_gone = false;
    int rounds_until_ready = 0; // ready() says no that often, and waits for what is always ready
    int always_ready_fd = -1;
    ReceiveHow asked;
    bool asked_nonblocking = false;
    std::vector<ShutdownHow> shutdowns;
};

class FakeConnection : public Connection {
public:
    explicit FakeConnection(Script& script) : script_{&script} {}

    bool ready(Direction direction, WaitSet& waits) override {
        if (script_->rounds_until_ready == 0)
            return direction == Direction::Write || script_->peer_gone ||
                   !script_->incoming.empty();
        --script_->rounds_until_ready;
        waits.push_back({.fd = script_->always_ready_fd, .events = POLLIN, .revents = 0});
        return false;
    }
    std::uint64_t readable_bytes() override { return script_->incoming.size(); }
    bool hung_up(std::optional<short>) override { return script_->peer_gone; }

    Result<Received> receive(std::span<std::span<std::byte> const> out, ReceiveHow how) override {
        script_->asked = how;
        if (script_->incoming.empty() && !script_->peer_gone)
            return std::unexpected(base::Errno::Again);
        std::size_t total = 0;
        for (auto const buffer : out) {
            auto const count = std::min(buffer.size(), script_->incoming.size() - total);
            std::ranges::copy(
                std::as_bytes(std::span{script_->incoming}).subspan(total, count), buffer.begin()
            );
            total += count;
        }
        if (!how.peek) script_->incoming.erase(0, total);
        return Received{.bytes = total};
    }
    Result<std::size_t>
    send(std::span<std::span<std::byte const> const> in, bool nonblocking) override {
        script_->asked_nonblocking = nonblocking;
        if (script_->peer_gone) return std::unexpected(base::Errno::Pipe);
        std::size_t total = 0;
        for (auto const buffer : in) {
            for (auto const byte : buffer) script_->sent.push_back(static_cast<char>(byte));
            total += buffer.size();
        }
        return total;
    }
    Result<void> shutdown(ShutdownHow how) override {
        script_->shutdowns.push_back(how);
        return {};
    }

private:
    Script* script_;
};

// A connection that changes its mind at each question that poll asks it.
class FickleConnection : public FakeConnection {
public:
    FickleConnection(Script& script, std::minstd_rand& minds)
        : FakeConnection{script}, fd_{script.always_ready_fd}, minds_{&minds} {}

    bool ready(Direction direction, WaitSet& waits) override {
        if (yes()) return true;
        waits.push_back(entry(direction));
        return false;
    }
    std::optional<Watched> watched(Direction direction) override {
        if (yes()) return {};
        return Watched{.entry = entry(direction), .tells_all = yes()};
    }
    bool hung_up(std::optional<short> /*found*/) override { return yes(); }

private:
    bool yes() { return ((*minds_)() >> 8U & 1U) != 0; }
    ::pollfd entry(Direction direction) const {
        return {.fd = fd_, .events = events_of(direction), .revents = 0};
    }

    int fd_;
    std::minstd_rand* minds_;
};

// Hands out one connection for each script in the queue, then answers Errno::Again.
class FakeListener : public Listener {
public:
    explicit FakeListener(std::deque<Script*>& clients) : clients_{&clients} {}

    bool ready(Direction direction, WaitSet&) override {
        return direction == Direction::Read && !clients_->empty();
    }
    Result<std::unique_ptr<Connection>> accept(bool) override {
        if (clients_->empty()) return std::unexpected(base::Errno::Again);
        auto connection = std::make_unique<FakeConnection>(*clients_->front());
        clients_->pop_front();
        return connection;
    }

private:
    std::deque<Script*>* clients_;
};

} // namespace exec::net
