#include "service/access/access.hpp"

#include "crypto/digest.hpp"
#include "crypto/equal.hpp"

#include <algorithm>

namespace service {

namespace {

// What people make up themselves is shorter; longer is no token of anybody.
constexpr std::size_t shortest_token = 16;
constexpr std::size_t longest_token = 512;

bool any_of(std::vector<Digest> const& known, Digest const& shown) {
    bool found = false;
    for (auto const& each : known) found |= crypto::equal_in_constant_time(each, shown);
    return found;
}

} // namespace

bool Visitor::owns(Digest const& signer) const {
    if (role == Role::Operator) return true;
    if (key && *key == signer) return true;
    return tenant != nullptr && std::ranges::find(tenant->keys, signer) != tenant->keys.end();
}

std::optional<Visitor> Access::with_token(std::string_view token) const {
    if (token.size() < shortest_token || token.size() > longest_token) return {};
    Digest const shown = crypto::sha256(base::view_of(token));
    std::optional<Visitor> out;
    if (any_of(settings_.operator_tokens, shown)) out = Visitor{.role = Visitor::Role::Operator};
    if (any_of(settings_.verifier_tokens, shown)) out = Visitor{.role = Visitor::Role::Verifier};
    for (auto const& tenant : settings_.tenants)
        if (any_of(tenant.tokens, shown))
            out = Visitor{.role = Visitor::Role::Tenant, .tenant = &tenant};
    return out;
}

std::optional<Visitor> Access::with_key(base::View public_key) const {
    if (public_key.empty()) return {};
    Digest const digest = crypto::sha256(public_key);
    auto const* const tenant = settings_.tenant_with(digest);
    if (tenant == nullptr) return {};
    return Visitor{.role = Visitor::Role::Tenant, .tenant = tenant, .key = digest};
}

std::optional<std::string_view> bearer_token(std::string_view authorization) {
    constexpr std::string_view scheme = "bearer ";
    if (authorization.size() < scheme.size()) return {};
    auto const same = [](char a, char b) { return a == b || a == b - 'a' + 'A'; };
    if (!std::ranges::equal(authorization.substr(0, scheme.size()), scheme, [&](char a, char b) {
            return b == ' ' ? a == b : same(a, b);
        }))
        return {};
    return authorization.substr(scheme.size());
}

} // namespace service
