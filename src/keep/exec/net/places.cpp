#include "keep/exec/net/places.hpp"

#include <charconv>
#include <set>
#include <string>

namespace exec::net {

namespace {

struct Held {
    bool held = false;
    std::set<std::string, std::less<>> places; // "listen 192.0.2.1:80", "connect db.example:5432"
};

Held& held() {
    static Held all;
    return all;
}

// One text for each place, however its address is written.
std::string text_of(std::string_view what, std::string_view host, std::uint16_t port) {
    auto const address = os::SocketAddress::parse(host, port);
    return std::string{what} + ' ' +
           (address ? address->to_string() : std::string{host} + ':' + std::to_string(port));
}

void allow(std::string_view line) {
    auto const first = line.find(' ');
    auto const last = line.rfind(' ');
    if (first == last) return;
    auto const number = line.substr(last + 1);
    std::uint16_t port = 0;
    auto const* const end = number.data() + number.size();
    auto const read = std::from_chars(number.data(), end, port);
    if (read.ec != std::errc{} || read.ptr != end || port == 0) return;
    auto const host = line.substr(first + 1, last - first - 1);
    held().places.insert(text_of(line.substr(0, first), host, port));
}

bool allowed(std::string const& place) { return !held().held || held().places.contains(place); }

} // namespace

void hold_to(std::string_view places) {
    held().held = true;
    held().places.clear();
    while (!places.empty()) {
        auto const end = places.find('\n');
        allow(places.substr(0, end));
        places = end == std::string_view::npos ? std::string_view{} : places.substr(end + 1);
    }
}

bool may_listen(os::SocketAddress const& at) { return allowed("listen " + at.to_string()); }

bool may_connect(std::string_view host, std::uint16_t port) {
    return allowed(text_of("connect", host, port));
}

} // namespace exec::net
