#pragma once

// Who may start Keeps on a host, and how much of it: the file that `enarx serve --customers` reads.

#include "base/result.hpp"
#include "base/wire.hpp"
#include "package/configuration.hpp"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace package {

struct Ports {
    std::uint16_t first;
    std::uint16_t last;
};

struct Customer {
    std::string name;
    // Who shows one of these is this customer. At least one is there.
    std::optional<base::Bytes<32>> token_sha256 = {};      // of the token's bytes
    std::optional<base::Bytes<32>> client_key_sha256 = {}; // of the key, SubjectPublicKeyInfo

    std::uint32_t keeps = std::numeric_limits<std::uint32_t>::max();  // at once
    std::uint64_t memory = std::numeric_limits<std::uint64_t>::max(); // of all of them, in bytes
    std::vector<Ports> ports = {};         // where their applications may listen
    std::vector<std::string> connect = {}; // where they may connect: "*", "host:port", "host:*",
                                           // "*.host:port"

    bool may_listen(std::uint16_t port) const;
    bool may_connect(std::string_view host, std::string_view port) const;
};

base::Result<std::vector<Customer>, ConfigurationError> parse_customers(std::string_view toml);

} // namespace package
