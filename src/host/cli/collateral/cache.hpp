#pragma once

// What was fetched before: one bundle for each address, in a folder of its own that no Keep is ever
// given. Two commands that want the same thing at the same time fetch it once.

#include "attest/wanted/wanted.hpp"
#include "os/failure.hpp"
#include "os/fd.hpp"
#include "os/folder.hpp"

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
    explicit CollateralCache(os::Folder folder) : folder_{std::move(folder)} {}

    os::Folder folder_;
};

} // namespace host::cli
