#pragma once

// Where a web service is: http or https, host, port and the path before all of its resources.

#include <optional>
#include <string>
#include <string_view>

namespace net {

struct WebAddress {
    bool tls = true;
    std::string host; // a name or a literal, without brackets
    std::string port;
    std::string prefix; // "" or "/path", without a slash at its end

    // `https://host[:port][/path]`, or http; nothing for any other text. No user, query or
    // fragment.
    static std::optional<WebAddress> parse(std::string_view text);
    std::string text() const;
    std::string authority() const; // host[:port], as the Host header has it
    bool loopback() const;         // by its name: this machine, whoever reads it
    bool same_server(WebAddress const& other) const {
        return tls == other.tls && host == other.host && port == other.port;
    }
};

} // namespace net
