#include "service/api/form.hpp"

#include "base/hex.hpp"

namespace service {

namespace {

std::optional<std::string> decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i] == '+' ? ' ' : text[i];
            continue;
        }
        std::byte value{};
        if (text.size() - i < 3 || !base::unhex(text.substr(i + 1, 2), {&value, 1})) return {};
        out += static_cast<char>(value);
        i += 2;
    }
    return out;
}

std::string lower(std::string_view text) {
    std::string out{text};
    for (auto& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

} // namespace

std::optional<std::string> form_field(std::string_view body, std::string_view name) {
    while (!body.empty()) {
        auto const end = body.find('&');
        auto const pair = body.substr(0, end);
        body = end == std::string_view::npos ? std::string_view{} : body.substr(end + 1);
        if (pair.size() > name.size() && pair.starts_with(name) && pair[name.size()] == '=')
            return decoded(pair.substr(name.size() + 1));
    }
    return {};
}

bool from_elsewhere(Provenance const& from) {
    if (!from.fetch_site.empty() && from.fetch_site != "same-origin" && from.fetch_site != "none")
        return true;
    if (from.origin.empty()) return false;
    auto const scheme = from.origin.find("://");
    if (scheme == std::string_view::npos) return true; // "null"
    return lower(from.origin.substr(scheme + 3)) != lower(from.host);
}

} // namespace service
