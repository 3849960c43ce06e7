#pragma once

// What a registry is asked for: "host[:port]/repository[:tag][@sha256:digits]", as the tools of
// containers write it.

#include "base/result.hpp"
#include "net/web_address.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace net::registry {

struct Reference {
    WebAddress server;
    std::string repository; // "shop/api"
    std::string tag;        // empty where the digest says it all
    std::string digest;     // "sha256:" and 64 digits, or empty

    // `plain`: the registry is spoken to without TLS, as one on this machine always is. The error
    // says what a reference looks like.
    static base::Result<Reference, std::string> parse(std::string_view text, bool plain);

    // The repository alone, by an address that says how it is spoken to:
    // "https://host[:port]/shop/api". Nothing for anything else.
    static std::optional<Reference> repository_at(std::string_view address);

    std::string name() const { return server.authority() + '/' + repository; }
    // The digest where there is one: tags move.
    std::string const& wanted() const { return digest.empty() ? tag : digest; }
    std::string text() const;
    std::string address() const { return (server.tls ? "https://" : "http://") + name(); }
};

bool is_digest(std::string_view text);
// The tag under which registries without an API for it keep what refers to that digest.
std::string tag_of(std::string_view digest);

} // namespace net::registry
