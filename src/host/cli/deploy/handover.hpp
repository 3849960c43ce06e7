#pragma once

// What a tenant hands over, put together from a package's key file and the secrets.

#include "attest/provision/tenant.hpp"
#include "host/cli/deploy/offered.hpp"
#include "host/cli/deploy/secrets.hpp"
#include "host/cli/package/key_file.hpp"

namespace host::cli {

// Owns what a Handover refers to.
class Provisions {
public:
    // Of the package whose key file this is. Checks what the Keep will check, so that a mistake
    // costs no Keep.
    static os::OrFailure<Provisions> read(std::string const& path);

    std::string const& package() const { return key_.package; } // digest
    protocol::provision::Deployment const& deployment() const { return deployment_; }
    crypto::P256SigningKey const& grantor() const { return key_.right->grantor; }
    PackageKey const& key() const { return key_; }

    // That has the package, too.
    void add_registry(LentRegistry registry) { registry_ = std::move(registry); }
    os::OrFailure<void> add_secrets(std::vector<std::string> const& texts);
    // For one Keep; this outlives it. `time`: seconds since 1970.
    attest::provision::Handover handover(std::uint64_t time) const;

private:
    explicit Provisions(PackageKey key) : key_{std::move(key)} {}

    PackageKey key_;
    protocol::provision::Deployment deployment_; // refers to key_
    crypto::Sha256Digest tenant_{};
    Secrets secrets_;
    std::optional<LentRegistry> registry_;
};

} // namespace host::cli
