#include "voting/keep/form.hpp"

namespace voting {

namespace {

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

std::optional<std::string> decoded(std::string_view text) {
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            plain += text[i] == '+' ? ' ' : text[i];
            continue;
        }
        if (text.size() - i < 3) return {};
        int const high = hex_value(text[i + 1]);
        int const low = hex_value(text[i + 2]);
        if (high < 0 || low < 0) return {};
        plain += static_cast<char>((high * 16) + low);
        i += 2;
    }
    return plain;
}

} // namespace

std::optional<std::string> form_field(std::string_view form, std::string_view name) {
    std::optional<std::string> found;
    while (!form.empty()) {
        std::size_t const end = form.find('&');
        std::string_view const pair = form.substr(0, end);
        form.remove_prefix(end == std::string_view::npos ? form.size() : end + 1);
        std::size_t const equals = pair.find('=');
        if (pair.substr(0, equals) != name || equals == std::string_view::npos) continue;
        if (found) return {};
        found = decoded(pair.substr(equals + 1));
        if (!found) return {};
    }
    return found;
}

} // namespace voting
