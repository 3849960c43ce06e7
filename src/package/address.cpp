#include "package/address.hpp"

#include <algorithm>
#include <cstddef>

namespace package {

namespace {

bool digit(char c) { return c >= '0' && c <= '9'; }

bool hexadecimal(char c) { return digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

// Takes the part before the next separator off the front; the separator goes, too.
std::string_view take_part(std::string_view& rest, char separator) {
    auto const end = std::min(rest.find(separator), rest.size());
    auto const part = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return part;
}

bool octet(std::string_view part) {
    if (part.empty() || part.size() > 3 || !std::ranges::all_of(part, digit)) return false;
    if (part.size() > 1 && part.front() == '0') return false; // some readers take it for octal
    int value = 0;
    for (char const c : part) value = value * 10 + (c - '0');
    return value <= 255;
}

// How many 16-bit groups the text has ("" has none), or nothing valid: -1.
int groups(std::string_view text) {
    int count = 0;
    while (!text.empty()) {
        bool const last = !text.contains(':');
        if (text.ends_with(':')) return -1;
        auto const part = take_part(text, ':');
        if (last && part.contains('.')) return ipv4_address(part) ? count + 2 : -1;
        if (part.empty() || part.size() > 4 || !std::ranges::all_of(part, hexadecimal)) return -1;
        ++count;
    }
    return count;
}

bool label(std::string_view part) {
    auto const allowed = [](char c) {
        return hexadecimal(c) || (c >= 'g' && c <= 'z') || (c >= 'G' && c <= 'Z') || c == '-' ||
               c == '_';
    };
    return !part.empty() && part.size() <= 63 && part.front() != '-' && part.back() != '-' &&
           std::ranges::all_of(part, allowed);
}

} // namespace

bool ipv4_address(std::string_view text) {
    if (std::ranges::count(text, '.') != 3) return false;
    for (int i = 0; i < 4; ++i)
        if (!octet(take_part(text, '.'))) return false;
    return text.empty();
}

bool ipv6_address(std::string_view text) {
    auto const gap = text.find("::");
    if (gap == std::string_view::npos) return groups(text) == 8;
    auto const before = text.substr(0, gap);
    int const left = groups(before);
    int const right = groups(text.substr(gap + 2));
    return left >= 0 && right >= 0 && !before.contains('.') && left + right <= 7;
}

bool host_name(std::string_view text) {
    if (ipv4_address(text) || ipv6_address(text)) return true;
    if (text.ends_with('.')) text.remove_suffix(1);
    if (text.empty() || text.size() > 253 || text.ends_with('.')) return false;
    std::string_view last;
    while (!text.empty()) {
        last = take_part(text, '.');
        if (!label(last)) return false;
    }
    return !std::ranges::all_of(last, digit); // 1.2.3.4.5 and 300.1.1.1 are no names
}

} // namespace package
