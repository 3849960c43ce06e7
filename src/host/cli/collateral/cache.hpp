#pragma once

// What was fetched before: one bundle for each address. Two commands that want the same thing at
// the same time fetch it once.

#include "attest/wanted/wanted.hpp"
#include "os/failure.hpp"
#include "os/fd.hpp"

#include <optional>
#include <string>

namespace host::cli {

class CollateralCache {
public:
    // `folder`: made if it is not there; without one, the user's cache is taken. A cache that
    // cannot be used is a failure.
    static os::OrFailure<CollateralCache> open(std::optional<std::string> const& folder);

    // As long as this lives, nobody else fetches what has that name.
    os::OrFailure<os::Fd> lock(std::string const& name) const;

    // What was fetched from that address, if it is what is wanted and still good at that time.
    std::optional<attest::Endorsements> find(
        std::string const& address,
        attest::wanted::Wanted const& wanted,
        std::chrono::sys_seconds at
    ) const;
    // A cache that is full or broken keeps nothing; that is no failure.
    void keep(std::string const& address, attest::Endorsements const& endorsements) const;

private:
    CollateralCache(std::string folder, os::Fd owner)
        : folder_{std::move(folder)}, owner_{std::move(owner)} {}
    std::string entry(std::string const& address) const;

    std::string folder_;
    os::Fd owner_; // `folder_` may go through this descriptor
};

} // namespace host::cli
