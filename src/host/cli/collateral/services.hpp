#pragma once

// The options that say where the vendors' services are and how long to wait for them.

#include "host/cli/collateral/download.hpp"
#include "host/cli/command.hpp"

namespace host::cli {

class ServiceOptions {
public:
    std::vector<Option> options();
    os::OrFailure<CollateralCache> cache() const { return CollateralCache::open(cache_); }
    // The cache outlives it.
    os::OrFailure<Downloader> downloader(CollateralCache const& cache) const;

private:
    std::optional<std::string> kds_;
    std::optional<std::string> pcs_;
    std::optional<std::string> certificates_;
    std::optional<std::string> cache_;
    std::optional<std::string> timeout_;
    std::optional<std::string> patience_;
    std::optional<std::string> pace_;
    bool refresh_ = false;
};

// "milan", "genoa", "turin"; nothing where nothing is named.
os::OrFailure<std::optional<hw::snp::Product>> product_of(std::optional<std::string> const& name);

// Evidence that does not say what it needs.
std::unexpected<os::Failure> unusable_evidence(attest::Unusable const& why);

} // namespace host::cli
