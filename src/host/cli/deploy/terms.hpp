#pragma once

// By what a tenant judges the Keeps that it provisions.

#include "attest/provision/tenant.hpp"
#include "host/cli/verify/inputs.hpp"
#include "host/cli/verify/wishes.hpp"

namespace host::cli {

class Terms {
public:
    // `measurements`: those of the deployment, for a user who names none. Where there are none at
    // all, those of this installation's own Keeps count for evidence without hardware.
    static os::OrFailure<Terms>
    of(JudgeWishes const& wishes, std::vector<base::View> const& measurements);

    std::chrono::sys_seconds at() const { return at_; }
    // As a function; this outlives it.
    attest::provision::Judging judging() const;

private:
    Terms(Anchors anchors, attest::Policy policy, attest::Measurements measurements)
        : anchors_{std::move(anchors)},
          policy_{std::move(policy)},
          measurements_{std::move(measurements)} {}

    Anchors anchors_;
    attest::Policy policy_;
    attest::Measurements measurements_;
    std::chrono::sys_seconds at_;
    attest::Kinds kinds_ = attest::Kinds::all();
    bool allow_no_hardware_ = false;
    std::vector<std::vector<std::byte>> own_;
};

} // namespace host::cli
