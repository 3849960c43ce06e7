#pragma once

// The key of a package, beside it: who has this file can hand the package to Keeps, and read it.
// JSON, mode 0600.

#include "crypto/p256_signing_key.hpp"
#include "crypto/wipe.hpp"
#include "os/failure.hpp"

#include <optional>
#include <string>
#include <vector>

namespace host::cli {

// What the tenant signed when it was packaged, and the key that may grant by it.
struct GrantRight {
    std::vector<std::byte> deployment; // COSE_Sign1
    crypto::P256SigningKey grantor;
};

struct PackageKey {
    std::string package;                         // digest
    std::optional<crypto::SecretBytes> data_key; // as in the grant; none of a plain package
    std::optional<GrantRight> right;
    // Where the application wants to listen and connect to, for a host that has to allow it:
    // "0.0.0.0:443", "db.example:5432".
    std::vector<std::string> listen = {};
    std::vector<std::string> connect = {};
};

// "F.enx" -> "F.enx.key"
std::string key_path_of(std::string const& package);
os::OrFailure<void> write_package_key(PackageKey const& key, std::string const& path);
os::OrFailure<PackageKey> read_package_key(std::string const& path);

} // namespace host::cli
