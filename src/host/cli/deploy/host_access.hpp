#pragma once

// How a customer reaches a host of Keeps (`enarx serve`), and what the host knows the customer by:
// a token, or the key of a TLS client certificate.

#include "host/cli/syntax/syntax.hpp"
#include "net/http_client.hpp"
#include "os/failure.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace host::cli {

struct HostAccessWishes {
    std::optional<std::string> host;
    std::optional<std::string> token_file;
    std::optional<std::string> key;
    std::vector<std::string> roots;
};
std::vector<Option> host_access_options(HostAccessWishes& wishes);

// "host", "host:port", or an address with https:// or, on this machine, http://.
os::OrFailure<net::WebAddress> parse_host(std::string const& text);

struct HostAccess {
    net::WebAddress address;
    net::TlsWish tls;
    std::string token; // empty: none

    // Of wishes that name a host.
    static os::OrFailure<HostAccess> of(HostAccessWishes const& wishes);

    net::HttpRequest request(std::string method, std::string target) const;
};

// Advice that the host gives in its answer, as its own words; empty stays empty.
std::string host_hint(std::string_view said);

// A certificate that nobody vouches for, with this key: who holds the key shows it.
os::OrFailure<std::shared_ptr<crypto::TlsCredential const>>
shown_key(crypto::P256SigningKey const& key);

} // namespace host::cli
