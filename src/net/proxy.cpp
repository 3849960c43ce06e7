#include "net/proxy.hpp"

#include <algorithm>
#include <cstdlib>

namespace net {

namespace {

std::string lower(std::string_view text) {
    std::string out{text};
    std::ranges::transform(out, out.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return out;
}

// The first of these variables that says something.
std::string first_of(Environment const& environment, std::initializer_list<char const*> names) {
    for (auto const* const name : names)
        if (auto value = environment(name); value && !value->empty()) return *value;
    return {};
}

// "example.com" and ".example.com" are both that name and every one below it.
bool excepted(std::string const& host, std::string_view list) {
    while (!list.empty()) {
        auto const end = std::min(list.find_first_of(", "), list.size());
        auto name = lower(list.substr(0, end));
        list.remove_prefix(std::min(end + 1, list.size()));
        if (name == "*") return true;
        if (name.starts_with('.')) name.erase(0, 1);
        if (name.starts_with('[') && name.ends_with(']')) name = name.substr(1, name.size() - 2);
        if (!name.empty() && (host == name || host.ends_with('.' + name))) return true;
    }
    return false;
}

} // namespace

Environment process_environment() {
    return [](char const* name) -> std::optional<std::string> {
        auto const* const value = std::getenv(name);
        if (value == nullptr) return {};
        return value;
    };
}

base::Result<std::optional<Proxy>, std::string>
proxy_for(WebAddress const& address, Environment const& environment) {
    if (address.loopback()) return std::nullopt;
    auto const named =
        address.tls
            ? first_of(environment, {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"})
            : first_of(environment, {"http_proxy", "all_proxy", "ALL_PROXY"});
    if (named.empty()) return std::nullopt;
    if (excepted(lower(address.host), first_of(environment, {"no_proxy", "NO_PROXY"})))
        return std::nullopt;
    auto text = named.contains("://") ? named : "http://" + named;
    std::string credentials;
    auto const begin = text.find("://") + 3;
    auto const at = text.rfind('@');
    if (at != std::string::npos && at >= begin) {
        credentials = text.substr(begin, at - begin);
        text.erase(begin, at + 1 - begin);
    }
    auto const parsed = WebAddress::parse(text);
    if (!parsed || parsed->tls)
        return std::unexpected(
            "the environment names a proxy of a kind that is not spoken: http://HOST:PORT is"
        );
    // curl's port where none is named.
    bool const port_named = text.find(':', begin + parsed->host.size()) != std::string::npos;
    return Proxy{
        .host = parsed->host,
        .port = port_named ? parsed->port : "1080",
        .credentials = std::move(credentials)
    };
}

} // namespace net
