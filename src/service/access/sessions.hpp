#pragma once

// Browsers that have shown a token: a random name for each, in a cookie, for a few hours. Kept in
// memory alone, so that a start of the service ends all of them.

#include "service/access/access.hpp"

#include <chrono>
#include <map>
#include <mutex>
#include <string>

namespace service {

class Sessions {
public:
    using Clock = std::chrono::steady_clock;
    static constexpr std::chrono::hours life{8};
    static constexpr std::size_t most_of_one = 32; // beyond, a visitor's oldest ends

    // What the cookie holds. Nothing: there are no random numbers.
    std::optional<std::string> begin(Visitor const& visitor, Clock::time_point now);
    std::optional<Visitor> find(std::string_view cookie, Clock::time_point now);
    void end(std::string_view cookie);

private:
    struct Session {
        Visitor visitor;
        Clock::time_point begun;
    };
    using Known = std::map<Digest, Session>; // by digests of what cookies hold

    void make_room(Visitor const& visitor, Clock::time_point now);

    std::mutex mutex_;
    Known known_;
};

// The value of the cookie `name` in a Cookie header (RFC 6265, 4.2.1); empty: there is none.
std::string_view cookie_named(std::string_view header, std::string_view name);

} // namespace service
