#pragma once

// The package that a tenant hands over: a file, or one in a registry, of which the tenant needs
// only what it signs and checks.

#include "host/cli/package/package_file.hpp"
#include "host/cli/registry/access.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace host::cli {

// A registry that the Keep may ask itself.
struct LentRegistry {
    std::string repository; // "https://registry.example/shop/api"
    std::string endpoint;   // "registry.example:443"
    std::optional<std::string> credentials;
    std::optional<std::string> authorities; // PEM
};

class Offered {
public:
    Offered() = default;
    Offered(Offered const&) = delete;
    Offered& operator=(Offered const&) = delete;
    virtual ~Offered() = default;

    virtual std::string digest() const = 0;
    // Bytes of a blob from `offset` on, at most `most`; none: behind its end, or not here. Whether
    // they are the right ones, whoever takes them checks. Of several threads.
    virtual std::vector<std::byte>
    read(std::string const& digest, std::uint64_t offset, std::size_t most) = 0;
    // All of it, on this machine; null: it is elsewhere.
    virtual PackageFile const* file() const { return nullptr; }
    virtual std::optional<LentRegistry> registry() const { return {}; }
};

struct OfferWishes {
    std::optional<std::string> package; // a path, or HOST[:PORT]/REPOSITORY[:TAG][@sha256:DIGEST]
    std::optional<std::string> key;
    std::optional<std::string> signed_by;
    bool lend_credentials = false;
    RegistryAccess access;

    bool in_registry() const;
    std::string key_path() const;
};
std::vector<Option> offer_options(OfferWishes& wishes);

// "package-key-wrong": it is not the one of this digest. "signature-missing",
// "signature-untrusted": the wanted key has not signed it.
os::OrFailure<std::unique_ptr<Offered>>
open_offered(OfferWishes const& wishes, std::string const& digest);

} // namespace host::cli
