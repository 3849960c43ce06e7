#include "net/server/router.hpp"

#include "base/hex.hpp"

#include <algorithm>

namespace net::server {

namespace {

std::vector<std::string> split(std::string_view path) {
    std::vector<std::string> out;
    path.remove_prefix(1); // the slash
    while (true) {
        auto const slash = path.find('/');
        out.emplace_back(path.substr(0, slash));
        if (slash == std::string_view::npos) return out;
        path.remove_prefix(slash + 1);
    }
}

// RFC 3986, 2.1. Nothing: a percent sign without two digits, or a NUL.
std::optional<std::string> decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        std::byte value{};
        if (text.size() - i < 3 || !base::unhex(text.substr(i + 1, 2), {&value, 1})) return {};
        if (value == std::byte{0}) return {};
        out += static_cast<char>(value);
        i += 2;
    }
    return out;
}

bool is_name(std::string_view part) { return part.starts_with('{') && part.ends_with('}'); }

using Parts = std::vector<std::pair<std::string, std::string>>;

std::optional<Parts>
match(std::vector<std::string> const& pattern, std::vector<std::string> const& path) {
    if (pattern.size() != path.size()) return {};
    Parts out;
    for (std::size_t i = 0; i < path.size(); ++i) {
        if (!is_name(pattern[i])) {
            if (pattern[i] != path[i]) return {};
            continue;
        }
        if (path[i].empty()) return {};
        out.emplace_back(pattern[i].substr(1, pattern[i].size() - 2), path[i]);
    }
    return out;
}

bool serves(Route const& route, std::string_view method) {
    return route.method == method || (route.method == "GET" && method == "HEAD");
}

} // namespace

Answer::~Answer() {
    if (send_) send_(problem(500, "internal", "the request was not answered"));
}

void Answer::operator()(Response response) {
    auto const send = std::exchange(send_, nullptr);
    if (send) send(std::move(response));
}

Router& Router::add(Route route) {
    auto parts = split(route.pattern);
    routes_.push_back({std::move(route), std::move(parts)});
    return *this;
}

base::Result<Route const*, Response> Router::find(Request& request) const {
    std::vector<std::string> path;
    for (auto const& part : split(request.path)) {
        auto text = decoded(part);
        if (!text)
            return std::unexpected(problem(400, "request-invalid", "the path is not well-formed"));
        path.push_back(*std::move(text));
    }
    std::string allowed;
    for (auto const& [route, pattern] : routes_) {
        auto parts = match(pattern, path);
        if (!parts) continue;
        if (serves(route, request.method)) {
            request.parts = *std::move(parts);
            return &route;
        }
        allowed += (allowed.empty() ? "" : ", ") + route.method;
    }
    if (allowed.empty())
        return std::unexpected(problem(404, "resource-unknown", "there is nothing at this path"));
    auto answer = problem(405, "request-invalid", "this path is not for such a method");
    answer.headers.emplace_back("Allow", allowed);
    return std::unexpected(std::move(answer));
}

bool set_target(Request& request, std::string_view target) {
    constexpr std::size_t longest = 8 << 10;
    // RFC 9112, 3.2.2: what a proxy is sent, every server has to take.
    for (std::string_view const scheme : {"http://", "https://"}) {
        if (!target.starts_with(scheme)) continue;
        auto const slash = target.find('/', scheme.size());
        target = slash == std::string_view::npos ? "/" : target.substr(slash);
    }
    if (!target.starts_with('/') || target.size() > longest) return false;
    auto const question = target.find('?');
    request.path = target.substr(0, question);
    request.query =
        question == std::string_view::npos ? std::string_view{} : target.substr(question + 1);
    return true;
}

} // namespace net::server
