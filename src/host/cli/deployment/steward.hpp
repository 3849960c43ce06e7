#pragma once

// An attestation service as a tenant reaches it.

#include "crypto/p256_signing_key.hpp"
#include "host/cli/syntax/syntax.hpp"
#include "net/http_client.hpp"
#include "os/failure.hpp"

#include <optional>
#include <string>
#include <vector>

namespace host::cli {

struct StewardWishes {
    std::optional<std::string> url;
    std::optional<std::string> authority;
    std::optional<std::string> pin;
};
std::vector<Option> steward_options(StewardWishes& wishes);

class Steward {
public:
    // `key`: shown to the service in TLS; none: a key of this moment.
    static os::OrFailure<Steward>
    at(StewardWishes const& wishes, crypto::P256SigningKey const* key = nullptr);

    // The body of an answer of success; anything else is the failure that the service names.
    os::OrFailure<std::vector<std::byte>>
    ask(std::string method, std::string target, base::View body, std::string type);

private:
    Steward(net::WebAddress address, net::HttpSettings settings)
        : address_{std::move(address)}, client_{std::move(settings)} {}

    net::WebAddress address_;
    net::HttpClient client_;
};

// One part of a path: shop/api is shop%2Fapi.
std::string path_part(std::string_view text);

} // namespace host::cli
