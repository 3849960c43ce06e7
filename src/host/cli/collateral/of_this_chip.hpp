#pragma once

// What AMD's key distribution service says of this host's processor: fetched once by `enarx
// platform snp fetch`, kept in the user's cache, and given along with the evidence of each SEV-SNP
// Keep. A hint: whoever verifies it trusts AMD's root, not the host.

#include "attest/wanted/wanted.hpp"
#include "host/cli/collateral/cache.hpp"
#include "os/failure.hpp"

#include <optional>
#include <string>
#include <vector>

namespace host::cli {

// By /dev/sev: chip, firmware and product as they are now.
os::OrFailure<std::vector<attest::wanted::Wanted>> wanted_of_this_chip();

// One bundle, as `--certificates` takes it.
os::OrFailure<std::string> bundle_of(std::vector<attest::Endorsements> const& all);

// Under AMD's own address, wherever they were fetched: `enarx run` knows no other.
void keep_for_keeps(
    CollateralCache const& cache,
    attest::wanted::Wanted const& wanted,
    attest::Endorsements const& got
);

// What the cache has of this chip at its firmware of now; nothing without its VCEK.
std::optional<std::string> kept_for_keeps();

} // namespace host::cli
