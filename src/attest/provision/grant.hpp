#pragma once

// Seals a grant for the Keep at the other end of an attested channel, and for no other: there is no
// way to seal one for a key that no evidence vouched for.

#include "attest/provision/attested_channel.hpp"
#include "crypto/p256_signing_key.hpp"
#include "protocol/provision/grant.hpp"

#include <string>
#include <utility>
#include <vector>

namespace attest::provision {

struct GrantWish {
    base::View deployment;                                   // the tenant's COSE_Sign1
    std::optional<base::View> package_key;                   // of an encrypted package
    std::vector<std::pair<std::string, base::View>> secrets; // those of the deployment, ascending
    std::vector<base::View> authorities = {};                // DER: who certifies other Keeps
    std::uint64_t time = 0;                                  // seconds since 1970
    std::vector<protocol::provision::Source> sources = {};   // registries that have the package
    std::optional<protocol::provision::Log> log = {};        // where the deployment names one
};

// Errno::Inval: the channel is one of a Keep that has had its grant. Errno::FBig: larger than a
// grant may be.
base::Result<std::vector<std::byte>> seal_grant(
    AttestedChannel const& channel, crypto::P256SigningKey const& grantor, GrantWish const& wish
);

} // namespace attest::provision
