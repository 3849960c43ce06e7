#pragma once

// The HTTP proxy that the environment names for an address, as curl reads it.

#include "base/result.hpp"
#include "net/web_address.hpp"

#include <functional>
#include <optional>
#include <string>

namespace net {

struct Proxy {
    std::string host;
    std::string port;
    std::string credentials = {}; // "user:password", or empty
};

// The value of a variable; nothing where it is not there.
using Environment = std::function<std::optional<std::string>(char const* name)>;
Environment process_environment();

// `http_proxy` (in lower case alone: a CGI program's HTTP_PROXY is a header of its client),
// `https_proxy`, `all_proxy` and `no_proxy`. Nothing for this machine's own addresses, which are
// others at the proxy. The error says what cannot be used.
base::Result<std::optional<Proxy>, std::string>
proxy_for(WebAddress const& address, Environment const& environment);

} // namespace net
