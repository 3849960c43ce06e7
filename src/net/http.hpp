#pragma once

// GET of one resource, with limits on time and size.

#include "net/http_answer.hpp"

namespace net {

struct HttpLimits {
    std::chrono::milliseconds time{30'000}; // for all of it
    std::size_t body = 4 << 20;
    std::uint32_t header = 64 << 10;
};

// `target`: the path and query behind the address's own path. Redirections are not followed, and no
// proxy is asked. An answer that is cut short, longer than the limit or no HTTP is Trouble, never
// half an answer.
OrTrouble<HttpAnswer>
http_get(WebAddress const& address, std::string const& target, HttpLimits const& limits);

} // namespace net
