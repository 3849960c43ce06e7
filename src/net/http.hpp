#pragma once

// HTTP/1.1, one request at a time: GET of one resource, with limits on time and size.

#include "net/channel.hpp"

#include <map>
#include <vector>

namespace net {

struct HttpLimits {
    std::chrono::milliseconds time{30'000}; // for all of it
    std::size_t body = 4 << 20;
    std::uint32_t header = 64 << 10;
};

struct HttpAnswer {
    unsigned status = 0;
    std::vector<std::byte> body;
    std::map<std::string, std::string> headers; // names in lower case; of several the last one

    std::string const* header(std::string const& name) const;
};

// `target`: the path and query behind the address's own path. Redirections are not followed. An
// answer that is cut short, longer than the limit or no HTTP is Trouble, never half an answer.
OrTrouble<HttpAnswer>
http_get(WebAddress const& address, std::string const& target, HttpLimits const& limits);

} // namespace net
