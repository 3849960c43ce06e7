#pragma once

// Who visits: a tenant by its key or a token, the operator by a token, or whoever may only have
// evidence judged. Configuration holds digests of tokens, never a token.

#include "service/config/settings.hpp"

#include <optional>
#include <string_view>

namespace service {

struct Visitor {
    enum class Role : std::uint8_t { Tenant, Operator, Verifier } role{};
    Tenant const* tenant = nullptr; // of Role::Tenant
    std::optional<Digest> key = {}; // that the connection has shown, where that is who it is

    // Whether a deployment that this key has signed is the visitor's own.
    bool owns(Digest const& signer) const;
    bool operator==(Visitor const&) const = default;
};

class Access {
public:
    explicit Access(Settings const& settings) : settings_{settings} {} // outlives this

    // Compares with all that there are, each time: how long it takes tells nothing.
    std::optional<Visitor> with_token(std::string_view token) const;
    // `public_key`: SubjectPublicKeyInfo of a certificate whose owner the connection has proved;
    // empty: there was none.
    std::optional<Visitor> with_key(base::View public_key) const;
    // Without a token of the operator everybody at the operator's listener is the operator.
    bool operator_is_named() const { return !settings_.operator_tokens.empty(); }

private:
    Settings const& settings_;
};

// Of "Authorization: Bearer TOKEN" (RFC 6750, 2.1). Nothing: it is something else.
std::optional<std::string_view> bearer_token(std::string_view authorization);

} // namespace service
