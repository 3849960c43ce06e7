#include "package/spiffe.hpp"

#include <algorithm>

namespace package {

namespace {

constexpr std::string_view scheme = "spiffe://";
constexpr std::size_t longest = 2048;
constexpr std::size_t longest_domain = 255;

bool lower(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
}

// SPIFFE-ID, 2.1
bool is_trust_domain(std::string_view text) {
    return !text.empty() && text.size() <= longest_domain && std::ranges::all_of(text, lower);
}

// SPIFFE-ID, 2.2: of the path
bool is_part(std::string_view text) {
    return !text.empty() && text != "." && text != ".." &&
           std::ranges::all_of(text, [](char c) { return lower(c) || (c >= 'A' && c <= 'Z'); });
}

} // namespace

bool is_spiffe_pattern(std::string_view text) {
    if (!text.starts_with(scheme) || text.size() > longest) return false;
    text.remove_prefix(scheme.size());
    auto slash = text.find('/');
    if (slash == std::string_view::npos || !is_trust_domain(text.substr(0, slash))) return false;
    while (slash != std::string_view::npos) {
        text.remove_prefix(slash + 1);
        slash = text.find('/');
        if (text.empty()) return true; // the slash at its end
        if (!is_part(text.substr(0, slash))) return false;
    }
    return true;
}

} // namespace package
