#include "net/server/own_name.hpp"

#include <algorithm>
#include <optional>

namespace net::server {

namespace {

bool digit(char c) { return c >= '0' && c <= '9'; }

bool is_localhost(std::string_view name) {
    return std::ranges::equal(name, std::string_view{"localhost"}, [](char given, char small) {
        return given == small || given == small - 'a' + 'A';
    });
}

// Without its port; nothing: what stands behind the colon is none.
std::optional<std::string_view> without_port(std::string_view host) {
    auto const colon = host.rfind(':');
    auto const bracket = host.rfind(']');
    bool const port =
        colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
    if (port && !std::ranges::all_of(host.substr(colon + 1), digit)) return {};
    return host.substr(0, port ? colon : std::string_view::npos);
}

bool is_v4(std::string_view name) {
    return !name.empty() && std::ranges::all_of(name, [](char c) { return c == '.' || digit(c); });
}

} // namespace

bool names_this_machine(std::string_view host) {
    auto const name = without_port(host);
    return name &&
           (is_localhost(*name) || *name == "[::1]" || (name->starts_with("127.") && is_v4(*name)));
}

bool names_this_machine_or_an_address(std::string_view host) {
    auto const name = without_port(host);
    return name && (is_localhost(*name) || is_v4(*name) ||
                    (name->starts_with('[') && name->ends_with(']')));
}

} // namespace net::server
