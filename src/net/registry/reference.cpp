#include "net/registry/reference.hpp"

#include <algorithm>

namespace net::registry {

namespace {

constexpr std::string_view sha256_prefix = "sha256:";
constexpr std::size_t digest_digits = 64;
constexpr std::size_t longest_repository = 255;
constexpr std::size_t longest_tag = 128;

bool lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
bool word(char c) { return lower_or_digit(c) || (c >= 'A' && c <= 'Z') || c == '_'; }

// OCI distribution specification 1.1, "Pulling manifests": lower case, with '.', '_', "__" or
// dashes between.
bool is_component(std::string_view text) {
    if (text.empty() || !lower_or_digit(text.front()) || !lower_or_digit(text.back())) return false;
    for (std::size_t at = 0; at < text.size();) {
        auto const end = std::min(text.find_first_of("._-", at), text.size());
        if (!std::ranges::all_of(text.substr(at, end - at), lower_or_digit)) return false;
        auto const next = std::min(text.find_first_not_of("._-", end), text.size());
        auto const between = text.substr(end, next - end);
        bool const dashes = between.find_first_not_of('-') == std::string_view::npos;
        if (!dashes && between != "." && between != "_" && between != "__") return false;
        at = next;
    }
    return true;
}

bool is_repository(std::string_view text) {
    if (text.size() > longest_repository) return false;
    while (true) {
        auto const end = std::min(text.find('/'), text.size());
        if (!is_component(text.substr(0, end))) return false;
        if (end == text.size()) return true;
        text.remove_prefix(end + 1);
    }
}

bool is_tag(std::string_view text) {
    return !text.empty() && text.size() <= longest_tag && word(text.front()) &&
           std::ranges::all_of(text, [](char c) { return word(c) || c == '.' || c == '-'; });
}

} // namespace

bool is_digest(std::string_view text) {
    if (!text.starts_with(sha256_prefix)) return false;
    text.remove_prefix(sha256_prefix.size());
    return text.size() == digest_digits && std::ranges::all_of(text, [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
           });
}

std::string tag_of(std::string_view digest) {
    std::string out{digest};
    std::ranges::replace(out, ':', '-');
    return out;
}

base::Result<Reference, std::string> Reference::parse(std::string_view text, bool plain) {
    auto const wrong = [&](std::string_view why) {
        return std::unexpected(
            '\'' + std::string{text} + "' is no reference: " + std::string{why} +
            "; one is HOST[:PORT]/REPOSITORY[:TAG][@sha256:DIGEST]"
        );
    };
    if (text.contains("://")) return wrong("it has a scheme");
    auto const slash = text.find('/');
    if (slash == std::string_view::npos) return wrong("it names no registry");
    auto const host = text.substr(0, slash);
    if (host.find_first_of(".:[") == std::string_view::npos && host != "localhost")
        return wrong("'" + std::string{host} + "' is no host");
    auto server = WebAddress::parse("https://" + std::string{host});
    if (!server) return wrong("'" + std::string{host} + "' is no host");
    if (plain || server->loopback()) server = WebAddress::parse("http://" + std::string{host});
    Reference out{.server = *server, .repository = {}, .tag = {}, .digest = {}};
    auto rest = text.substr(slash + 1);
    if (auto const at = rest.find('@'); at != std::string_view::npos) {
        out.digest = rest.substr(at + 1);
        if (!is_digest(out.digest)) return wrong("a digest is sha256: and 64 digits");
        rest = rest.substr(0, at);
    }
    if (auto const colon = rest.find(':'); colon != std::string_view::npos) {
        out.tag = rest.substr(colon + 1);
        if (!is_tag(out.tag)) return wrong("'" + out.tag + "' is no tag");
        rest = rest.substr(0, colon);
    }
    if (out.tag.empty() && out.digest.empty()) out.tag = "latest";
    out.repository = rest;
    if (!is_repository(rest)) return wrong("'" + out.repository + "' is no repository");
    return out;
}

std::optional<Reference> Reference::repository_at(std::string_view address) {
    auto server = WebAddress::parse(address);
    if (!server || !server->prefix.starts_with('/')) return {};
    Reference out{.server = {}, .repository = server->prefix.substr(1), .tag = {}, .digest = {}};
    if (!is_repository(out.repository)) return {};
    server->prefix.clear();
    out.server = *std::move(server);
    return out;
}

std::string Reference::text() const {
    return name() + (tag.empty() ? "" : ':' + tag) + (digest.empty() ? "" : '@' + digest);
}

} // namespace net::registry
