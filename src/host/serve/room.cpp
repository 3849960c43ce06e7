// Whether another Keep of a customer has room here: Keeps, memory, ports.

#include "host/serve/keeps.hpp"
#include "os/socket_address.hpp"

#include <algorithm>

namespace host::serve {

namespace {

std::unexpected<os::Failure> failed(std::string_view name, std::string text) {
    return std::unexpected(os::Failure{.name = name, .text = std::move(text)});
}

// However the addresses are written: "::1" and "0:0:0:0:0:0:0:1" are one door.
bool same_door(Place const& a, Place const& b) {
    if (a.number() != b.number()) return false;
    auto const here = os::SocketAddress::parse(a.host, a.number());
    auto const there = os::SocketAddress::parse(b.host, b.number());
    if (!here || !there) return a.host == b.host;
    return here->unspecified() || there->unspecified() || here->to_string() == there->to_string();
}

} // namespace

os::OrFailure<void>
Keeps::check_places(package::Customer const& customer, KeepWish const& wish) const {
    for (auto const& place : wish.listen) {
        if (!customer.may_listen(place.number()))
            return failed("not-permitted", "this customer may not listen at port " + place.port);
        for (auto const& [id, keep] : keeps_)
            for (auto const& other : keep->wish.listen)
                if (keep->live() && same_door(place, other))
                    return failed(
                        "address-in-use", "a Keep listens at " + place.text() + " already"
                    );
    }
    for (auto const& place : wish.connect)
        if (!customer.may_connect(place.host, place.port))
            return failed("not-permitted", "this customer may not connect to " + place.text());
    return {};
}

os::OrFailure<void> Keeps::check(package::Customer const& customer, KeepWish const& wish) const {
    if (std::ranges::find(settings_.backends, wish.backend) == settings_.backends.end())
        return failed("backend-unavailable", "this host has no backend '" + wish.backend + '\'');
    std::uint32_t its_keeps = 0;
    std::uint64_t its_memory = 0;
    std::uint64_t all_memory = 0;
    for (auto const& [id, keep] : keeps_) {
        if (!keep->live()) continue;
        all_memory += keep->wish.memory;
        if (keep->customer != customer.name) continue;
        ++its_keeps;
        its_memory += keep->wish.memory;
    }
    if (its_keeps >= customer.keeps)
        return failed(
            "quota-exceeded",
            "this customer has " + std::to_string(its_keeps) + " Keeps, and may have no more"
        );
    if (its_memory > customer.memory || wish.memory > customer.memory - its_memory)
        return failed("quota-exceeded", "this customer's Keeps may not have so much memory");
    bool const room = settings_.memory == 0 || (all_memory <= settings_.memory &&
                                                wish.memory <= settings_.memory - all_memory);
    if (live() >= settings_.most || !room)
        return failed("host-full", "this host has no room for another Keep");
    return check_places(customer, wish);
}

} // namespace host::serve
