#include "host/serve/accounts.hpp"

#include "crypto/digest.hpp"

#include <algorithm>

namespace host::serve {

namespace {

using Digest = std::optional<base::Bytes<32>>;

package::Customer const* find(
    std::vector<package::Customer> const& customers,
    Digest package::Customer::* what,
    base::View shown
) {
    if (shown.empty()) return nullptr;
    // A digest of what was shown may be compared in any time: it tells nothing of a token.
    Digest const digest = crypto::sha256(shown);
    auto const found = std::ranges::find(customers, digest, what);
    return found == customers.end() ? nullptr : &*found;
}

} // namespace

Accounts Accounts::open() {
    package::Customer local{.name = "local", .ports = {{1, 65535}}, .connect = {"*"}};
    Accounts out{{std::move(local)}};
    out.open_ = true;
    return out;
}

package::Customer const*
Accounts::who(net::server::Request const& request, net::server::Client& client) const {
    if (open_) return &customers_.front();
    auto const shown = request.header("authorization");
    constexpr std::string_view scheme = "Bearer ";
    if (shown.starts_with(scheme))
        return find(
            customers_, &package::Customer::token_sha256, base::view_of(shown.substr(scheme.size()))
        );
    if (!shown.empty() || !by_client_key()) return nullptr;
    return find(customers_, &package::Customer::client_key_sha256, client.public_key());
}

bool Accounts::by_client_key() const {
    return std::ranges::any_of(customers_, [](package::Customer const& customer) {
        return customer.client_key_sha256.has_value();
    });
}

} // namespace host::serve
