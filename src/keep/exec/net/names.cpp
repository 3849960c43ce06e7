#include "keep/exec/net/names.hpp"

#include "os/socket.hpp"

#include <array>
#include <chrono>

#include <ares.h>

namespace exec::net {
namespace {

using os::SocketAddress;
using Addresses = std::vector<SocketAddress>;
using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr auto patience = 10s;        // for all servers and attempts together
constexpr int attempt_timeout = 2000; // ms
constexpr int attempts = 2;

// RFC 6761 6.3: localhost, and all names below it, are this machine.
bool localhost(std::string name) {
    if (name.ends_with('.')) name.pop_back();
    return name == "localhost" || name.ends_with(".localhost");
}

struct Answer {
    bool done = false;
    int status = ARES_SUCCESS;
    Addresses addresses;
    std::uint16_t port = 0;
};

// Safety: ai_family says what ai_addr points to.
void add(Answer& answer, ares_addrinfo_node const& node) {
    if (node.ai_family == AF_INET) {
        auto const& four = *reinterpret_cast<sockaddr_in const*>(node.ai_addr);
        answer.addresses.push_back(SocketAddress::v4(four.sin_addr, answer.port));
    } else if (node.ai_family == AF_INET6) {
        auto const& six = *reinterpret_cast<sockaddr_in6 const*>(node.ai_addr);
        answer.addresses.push_back(SocketAddress::v6(six.sin6_addr, answer.port));
    }
}

void on_answer(void* context, int status, int /*timeouts*/, ares_addrinfo* result) {
    auto& answer = *static_cast<Answer*>(context);
    answer.done = true;
    answer.status = status;
    if (result == nullptr) return;
    for (auto const* node = result->nodes; node != nullptr; node = node->ai_next)
        add(answer, *node);
    ares_freeaddrinfo(result);
}

class Channel {
public:
    Channel() {
        ares_options options{};
        options.timeout = attempt_timeout;
        options.tries = attempts;
        status_ = ares_init_options(&channel_, &options, ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES);
    }
    Channel(Channel&&) = delete;
    Channel& operator=(Channel&&) = delete;
    ~Channel() {
        if (status_ == ARES_SUCCESS) ares_destroy(channel_);
    }

    int status() const { return status_; }

    void ask(std::string const& name, Answer& answer) {
        ares_addrinfo_hints hints{};
        hints.ai_family = AF_UNSPEC;
        hints.ai_socktype = SOCK_STREAM;
        ares_getaddrinfo(channel_, name.c_str(), nullptr, &hints, on_answer, &answer);
    }

    void cancel() { ares_cancel(channel_); }

    // Waits for servers to answer, or for the time to ask again, and hands over what came.
    void step() {
        std::array<ares_socket_t, ARES_GETSOCK_MAXNUM> sockets{};
        auto const wanted = static_cast<unsigned>(
            ares_getsock(channel_, sockets.data(), static_cast<int>(sockets.size()))
        );
        std::vector<pollfd> waits;
        for (unsigned i = 0; i < sockets.size(); ++i) {
            short events = 0;
            if (ARES_GETSOCK_READABLE(wanted, i)) events |= POLLIN;
            if (ARES_GETSOCK_WRITABLE(wanted, i)) events |= POLLOUT;
            if (events != 0) waits.push_back({.fd = sockets[i], .events = events, .revents = 0});
        }
        // A signal ends the wait early; the loop of resolve() comes back.
        (void)os::poll(waits, next_attempt());
        ares_process_fd(channel_, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
        for (auto const& wait : waits) {
            bool const error = (wait.revents & (POLLERR | POLLHUP)) != 0;
            bool const in = (wait.revents & POLLIN) != 0 || error;
            bool const out = (wait.revents & POLLOUT) != 0 || error;
            ares_process_fd(
                channel_, in ? wait.fd : ARES_SOCKET_BAD, out ? wait.fd : ARES_SOCKET_BAD
            );
        }
    }

private:
    os::Milliseconds next_attempt() const {
        timeval limit{.tv_sec = attempt_timeout / 1000, .tv_usec = 0};
        timeval result{};
        auto const* const next = ares_timeout(channel_, &limit, &result);
        return std::chrono::ceil<os::Milliseconds>(
            std::chrono::seconds{next->tv_sec} + std::chrono::microseconds{next->tv_usec}
        );
    }

    ares_channel channel_ = nullptr;
    int status_;
};

os::Failure not_found(std::string const& name, int status) {
    return {.name = "host-not-found", .text = "resolve '" + name + "': " + ares_strerror(status)};
}

os::OrFailure<Addresses> ask(std::string const& name, std::uint16_t port) {
    Answer answer; // outlives the channel, whose end still calls on_answer
    answer.port = port;
    Channel channel;
    if (channel.status() != ARES_SUCCESS) return std::unexpected(not_found(name, channel.status()));
    channel.ask(name, answer);
    auto const deadline = Clock::now() + patience;
    while (!answer.done && Clock::now() < deadline) channel.step();
    if (!answer.done) channel.cancel();
    if (answer.addresses.empty()) {
        int const status = answer.status == ARES_SUCCESS ? ARES_ENODATA : answer.status;
        return std::unexpected(not_found(name, status == ARES_ECANCELLED ? ARES_ETIMEOUT : status));
    }
    return std::move(answer.addresses);
}

} // namespace

os::OrFailure<Addresses> resolve(std::string const& name, std::uint16_t port) {
    if (auto const literal = SocketAddress::parse(name, port)) return Addresses{*literal};
    if (localhost(name)) {
        return Addresses{
            SocketAddress::v4({.s_addr = htonl(INADDR_LOOPBACK)}, port),
            SocketAddress::v6(in6addr_loopback, port),
        };
    }
    return ask(name, port);
}

} // namespace exec::net
