#include "net/http.hpp"

#include "net/http_client.hpp"

namespace net {

OrTrouble<HttpAnswer>
http_get(WebAddress const& address, std::string const& target, HttpLimits const& limits) {
    HttpClient client{{
        .patience = {.connect = limits.time, .stall = limits.time},
        .limits = {.in_memory = limits.body, .header = limits.header},
        .whole = limits.time,
        .keep_alive = false,
    }};
    return client.ask({.address = address, .target = target});
}

} // namespace net
