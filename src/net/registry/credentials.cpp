#include "net/registry/credentials.hpp"

#include "crypto/base64.hpp"
#include "net/registry/json.hpp"
#include "os/check.hpp"
#include "os/read_file.hpp"

#include <vector>

#include <fcntl.h>

namespace net::registry {

namespace {

constexpr std::uint64_t largest_file = 1U << 20;

// Older files have addresses in the place of names.
std::string name_of(std::string key) {
    for (std::string_view const scheme : {"https://", "http://"})
        if (key.starts_with(scheme)) {
            key.erase(0, scheme.size());
            if (auto const slash = key.find('/'); slash != std::string::npos) key.erase(slash);
        }
    return key;
}

std::vector<std::string> places(Environment const& environment) {
    std::vector<std::string> out;
    auto const add = [&](char const* variable, std::string_view rest) {
        if (auto const value = environment(variable); value && !value->empty())
            out.push_back(*value + std::string{rest});
    };
    add("REGISTRY_AUTH_FILE", "");
    add("XDG_RUNTIME_DIR", "/containers/auth.json");
    add("DOCKER_CONFIG", "/config.json");
    add("HOME", "/.docker/config.json");
    return out;
}

} // namespace

std::optional<std::string>
credentials_in(base::View file, std::string const& host, std::string const& repository) {
    auto const json = parse_json(file);
    if (!json || !json->contains("auths") || !json->at("auths").is_object()) return {};
    auto const wanted = host + '/' + repository + '/';
    std::optional<std::string> out;
    std::size_t longest = 0;
    for (auto const& [key, entry] : json->at("auths").items()) {
        auto const name = name_of(key);
        if (!wanted.starts_with(name + '/') || name.size() <= longest) continue;
        auto const text = text_in(entry, "auth");
        auto const decoded = crypto::decode_base64(text);
        if (!decoded || decoded->empty()) continue;
        longest = name.size();
        out = base::text_of(*decoded);
    }
    return out;
}

std::optional<std::string> stored_credentials(
    Environment const& environment, std::string const& host, std::string const& repository
) {
    for (auto const& path : places(environment)) {
        auto const file = os::check_fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
        if (!file) continue;
        auto const bytes = os::read_file(file->number(), largest_file);
        if (!bytes) continue;
        if (auto found = credentials_in(bytes->view(), host, repository)) return found;
    }
    return {};
}

} // namespace net::registry
