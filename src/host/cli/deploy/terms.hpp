#pragma once

// By what a tenant judges the Keeps that it provisions.

#include "attest/provision/tenant.hpp"
#include "host/cli/verify/inputs.hpp"
#include "host/cli/verify/wishes.hpp"

#include <future>

namespace host::cli {

class Terms {
public:
    // `measurements`: those of the deployment, for a user who names none. Where there are none at
    // all, those of this installation's own Keeps count for evidence without hardware.
    static os::OrFailure<Terms>
    of(JudgeWishes const& wishes, std::vector<base::View> const& measurements);

    // Begins to measure this installation's own Keeps where that may be wanted: beside what else is
    // to be done until evidence comes.
    void look_ahead();

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
    bool own_count_ = false; // this installation's Keeps are what is expected
    std::shared_future<std::vector<std::vector<std::byte>>> own_;
};

} // namespace host::cli
