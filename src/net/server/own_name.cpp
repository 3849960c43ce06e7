#include "net/server/own_name.hpp"

#include <algorithm>

namespace net::server {

namespace {

bool digit(char c) { return c >= '0' && c <= '9'; }

bool is_localhost(std::string_view name) {
    return std::ranges::equal(name, std::string_view{"localhost"}, [](char given, char small) {
        return given == small || given == small - 'a' + 'A';
    });
}

} // namespace

bool names_this_machine(std::string_view host) {
    auto const colon = host.rfind(':');
    auto const bracket = host.rfind(']');
    bool const port =
        colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
    if (port && !std::ranges::all_of(host.substr(colon + 1), digit)) return false;
    auto const name = host.substr(0, port ? colon : std::string_view::npos);
    if (is_localhost(name) || name == "[::1]") return true;
    return name.starts_with("127.") &&
           std::ranges::all_of(name, [](char c) { return c == '.' || digit(c); });
}

} // namespace net::server
