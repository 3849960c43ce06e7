#pragma once

// enarx run --pull: a Keep that its host gives no application, but the name of one and the address
// of the attestation service that it asks for it.

#include "host/cli/keep/empty_keep.hpp"

namespace host::cli {

struct GivenPull {
    std::optional<std::string> deployment;
    std::optional<std::string> steward;
    std::optional<std::string> pin;
    std::optional<std::string> package;
    GivenEmptyKeep keep;

    bool any() const;
};

void add_pull_options(std::vector<Option>& options, GivenPull& given);

os::OrFailure<vmm::LaunchOrder> pull_order(
    GivenPull const& given,
    GivenKeep const& keep,
    std::optional<std::string> const& max_memory,
    Global const& global
);

} // namespace host::cli
