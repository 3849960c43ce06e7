#pragma once

// Asks a running Keep, on the port of its application, what it runs. What is to be believed of the
// answer is judged elsewhere.

#include "crypto/bound_channel.hpp"
#include "net/channel.hpp"
#include "os/failure.hpp"

namespace host::cli {

// What came, with the connection that it is about.
struct Enquired {
    net::Channel connection;
    crypto::BoundChannel channel;
    std::vector<std::byte> authenticator;
    std::vector<std::byte> binding;
    std::vector<std::vector<std::byte>> hints; // endorsements that the Keep sent along
};

// `authorities`: PEM, where the server's certificate must lead there as well; none: it may be any.
// `nonce`: random bytes, never used before. "host-unreachable", "no-keep": a server without one
// behind it, "tls-certificate-untrusted", "protocol-version"; and what a Keep refuses with.
os::OrFailure<Enquired>
enquire(net::WebAddress const& address, std::vector<std::string> authorities, base::View nonce);

} // namespace host::cli
