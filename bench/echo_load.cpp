// Load for an echo server on 127.0.0.1: CONNECTIONS, each with one message of SIZE bytes on its
// way, for SECONDS. Prints round trips per second. Usage: echo_load PORT CONNECTIONS SIZE SECONDS

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <vector>

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

using Clock = std::chrono::steady_clock;

struct Client {
    std::size_t sent = 0;
    std::size_t received = 0;
};

int connected(std::uint16_t port) {
    int const descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int const on = 1;
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    // Safety: a sockaddr_in is a sockaddr by the definition of the sockets interface.
    if (connect(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
        std::perror("connect");
        std::exit(1);
    }
    return descriptor;
}

// Moves what can be moved without waiting. Returns whether a round trip is complete.
bool step(int descriptor, Client& client, std::span<char> message, std::vector<char>& sink) {
    if (client.sent < message.size()) {
        auto const rest = message.subspan(client.sent);
        auto const n = send(descriptor, rest.data(), rest.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n > 0) client.sent += static_cast<std::size_t>(n);
    }
    auto const n = recv(descriptor, sink.data(), message.size() - client.received, MSG_DONTWAIT);
    if (n == 0) {
        std::fputs("the server has closed a connection\n", stderr);
        std::exit(1);
    }
    if (n > 0) client.received += static_cast<std::size_t>(n);
    if (client.received < message.size()) return false;
    client = {};
    return true;
}

long round_trips(std::vector<pollfd>& watched, std::span<char> message, Clock::duration how_long) {
    std::vector<Client> clients(watched.size());
    std::vector<char> sink(message.size());
    long done = 0;
    auto const end = Clock::now() + how_long;
    while (Clock::now() < end) {
        for (std::size_t i = 0; i < watched.size(); ++i)
            watched[i].events =
                static_cast<short>(clients[i].sent < message.size() ? POLLIN | POLLOUT : POLLIN);
        if (poll(watched.data(), watched.size(), 1000) < 0) break;
        for (std::size_t i = 0; i < watched.size(); ++i)
            if (watched[i].revents != 0) done += step(watched[i].fd, clients[i], message, sink);
    }
    return done;
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 5) return 2;
    auto const port = static_cast<std::uint16_t>(std::atoi(argv[1]));
    std::vector<pollfd> watched(static_cast<std::size_t>(std::atoi(argv[2])));
    std::vector<char> message(static_cast<std::size_t>(std::atoi(argv[3])), 'm');
    auto const seconds = std::atof(argv[4]);
    for (auto& entry : watched) entry.fd = connected(port);
    auto const how_long =
        std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
    round_trips(watched, message, how_long / 10); // warm-up
    for (auto& entry : watched) {                 // what was on its way belongs to the warm-up
        close(entry.fd);
        entry.fd = connected(port);
    }
    std::printf("%.0f\n", static_cast<double>(round_trips(watched, message, how_long)) / seconds);
    for (auto const& entry : watched) close(entry.fd);
    return 0;
}
