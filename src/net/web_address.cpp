#include "net/web_address.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace net {

namespace {

bool is_port(std::string_view text) {
    std::uint16_t number = 0;
    auto const* const end = text.data() + text.size();
    auto const [rest, error] = std::from_chars(text.data(), end, number);
    return error == std::errc{} && rest == end;
}

bool visible(std::string_view text) {
    return std::ranges::all_of(text, [](char c) {
        return c > ' ' && c < 0x7f && !std::string_view{"@?#\\\"<>"}.contains(c);
    });
}

// Takes the scheme off.
std::optional<bool> take_scheme(std::string_view& text) {
    for (auto const& [scheme, tls] :
         {std::pair<std::string_view, bool>{"https://", true}, {"http://", false}})
        if (text.starts_with(scheme)) {
            text.remove_prefix(scheme.size());
            return tls;
        }
    return {};
}

} // namespace

std::optional<WebAddress> WebAddress::parse(std::string_view text) {
    auto const tls = take_scheme(text);
    if (!tls || !visible(text)) return {};
    auto const slash = std::min(text.find('/'), text.size());
    auto const authority = text.substr(0, slash);
    auto prefix = text.substr(slash);
    while (prefix.ends_with('/')) prefix.remove_suffix(1);
    WebAddress out{
        .tls = *tls, .host = {}, .port = *tls ? "443" : "80", .prefix = std::string{prefix}
    };
    auto const bracket = authority.starts_with('[') ? authority.find(']') : std::string_view::npos;
    auto const behind = bracket == std::string_view::npos ? 0 : bracket;
    auto const colon = authority.find(':', behind);
    out.host = authority.substr(0, colon);
    if (colon != std::string_view::npos) {
        if (!is_port(authority.substr(colon + 1))) return {};
        out.port = authority.substr(colon + 1);
    }
    if (bracket != std::string_view::npos) out.host = authority.substr(1, bracket - 1);
    if (out.host.empty()) return {};
    return out;
}

std::string WebAddress::authority() const {
    auto const shown = host.contains(':') ? '[' + host + ']' : host;
    return port == (tls ? "443" : "80") ? shown : shown + ':' + port;
}

std::string WebAddress::text() const {
    return (tls ? "https://" : "http://") + authority() + prefix;
}

bool WebAddress::loopback() const {
    // An address, and no name that looks like one: "127.example" is somebody's.
    bool const in_127 = host.starts_with("127.") && std::ranges::all_of(host, [](char c) {
                            return c == '.' || (c >= '0' && c <= '9');
                        });
    return host == "localhost" || host.ends_with(".localhost") || in_127 || host == "::1";
}

} // namespace net
