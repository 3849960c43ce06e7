#include "voting/keep/server.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace voting {

namespace {

using std::chrono::steady_clock;

constexpr int clients_at_once = 64; // welcomed before the others have their turn again

void set_nonblocking(int socket) { fcntl(socket, F_SETFL, fcntl(socket, F_GETFL) | O_NONBLOCK); }

bool room(std::vector<Client> const& clients, std::size_t most) {
    return clients.size() < most || std::ranges::any_of(clients, &Client::idle);
}

// Makes room for one more; false where everybody is in the middle of something.
bool make_room(std::vector<Client>& clients, std::size_t most) {
    if (clients.size() < most) return true;
    auto oldest = clients.end();
    for (auto one = clients.begin(); one != clients.end(); ++one)
        if (one->idle() && (oldest == clients.end() || one->since() < oldest->since()))
            oldest = one;
    if (oldest == clients.end()) return false;
    clients.erase(oldest);
    return true;
}

void welcome(int listener, std::size_t most, std::vector<Client>& clients, Time now) {
    for (int i = 0; i < clients_at_once && make_room(clients, most); ++i) {
        int const socket = accept(listener, nullptr, nullptr);
        if (socket < 0) return;
        set_nonblocking(socket);
        clients.emplace_back(socket, now);
    }
}

int milliseconds_until_next_deadline(std::vector<Client> const& clients, Time now) {
    if (clients.empty()) return -1;
    Time next = Time::max();
    for (Client const& one : clients) next = std::min(next, one.deadline());
    auto const left = std::chrono::ceil<std::chrono::milliseconds>(next - now).count();
    return static_cast<int>(std::max<long long>(left, 0));
}

std::vector<pollfd> watch(int listener, std::size_t most, std::vector<Client> const& clients) {
    std::vector<pollfd> watched;
    watched.reserve(clients.size() + 1);
    short const welcome = room(clients, most) ? POLLRDNORM : 0;
    watched.push_back({.fd = listener, .events = welcome, .revents = 0});
    for (Client const& one : clients)
        watched.push_back({.fd = one.socket(), .events = one.wanted(), .revents = 0});
    return watched;
}

} // namespace

char const* serve(int listener, std::size_t most, Answers& answers) {
    set_nonblocking(listener);
    std::vector<Client> clients;
    for (;;) {
        auto watched = watch(listener, most, clients);
        int const wait = milliseconds_until_next_deadline(clients, steady_clock::now());
        if (poll(watched.data(), watched.size(), wait) < 0 && errno != EINTR)
            return std::strerror(errno);
        Time const now = steady_clock::now();
        std::vector<Client> going_on;
        going_on.reserve(clients.size() + clients_at_once);
        for (std::size_t i = 0; i < clients.size(); ++i) {
            bool const stays = watched[i + 1].revents ? clients[i].proceed(answers, now)
                                                      : now < clients[i].deadline();
            if (stays) going_on.push_back(std::move(clients[i]));
        }
        clients = std::move(going_on);
        if (watched[0].revents) welcome(listener, most, clients, now);
    }
}

} // namespace voting
