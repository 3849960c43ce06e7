#include "service/ca/names.hpp"

#include <algorithm>
#include <array>

namespace service {

namespace {

constexpr std::size_t longest_host_name = 253; // RFC 1035, 2.3.4
constexpr std::size_t longest_label = 63;
constexpr std::string_view wildcard = "*.";

bool is_label(std::string_view label) {
    return !label.empty() && label.size() <= longest_label && !label.starts_with('-') &&
           !label.ends_with('-') && std::ranges::all_of(label, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
           });
}

// Whether each part between these separators is one that `holds`.
template <class Holds> bool all_parts(std::string_view text, char separator, Holds const& holds) {
    while (true) {
        auto const end = text.find(separator);
        if (!holds(text.substr(0, end))) return false;
        if (end == std::string_view::npos) return true;
        text.remove_prefix(end + 1);
    }
}

} // namespace

bool is_host_name(std::string_view text) {
    return text.size() >= 2 && text.size() <= longest_host_name && all_parts(text, '.', is_label);
}

bool is_host_pattern(std::string_view text) {
    return is_host_name(text.starts_with(wildcard) ? text.substr(wildcard.size()) : text);
}

bool admits(std::span<std::string const> patterns, std::string_view name) {
    return is_host_name(name) && std::ranges::any_of(patterns, [name](std::string_view pattern) {
               if (!pattern.starts_with(wildcard)) return pattern == name;
               auto const dot = name.find('.');
               return dot != std::string_view::npos &&
                      name.substr(dot + 1) == pattern.substr(wildcard.size());
           });
}

bool is_for_tests(std::string_view name) {
    static constexpr std::array<std::string_view, 3> reserved{"test", "example", "localhost"};
    auto const dot = name.rfind('.');
    auto const last = dot == std::string_view::npos ? name : name.substr(dot + 1);
    return std::ranges::find(reserved, last) != reserved.end();
}

bool is_spiffe_path(std::string_view name) {
    return all_parts(name, '/', [](std::string_view part) {
        return !part.empty() && part != "." && part != "..";
    });
}

std::string spiffe_id(std::string_view trust_domain, std::string_view name) {
    return "spiffe://" + std::string{trust_domain} + '/' + std::string{name};
}

} // namespace service
