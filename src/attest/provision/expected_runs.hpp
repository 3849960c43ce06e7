#pragma once

// What a user expects a Keep to run, beside what its `ready` evidence says that it runs.

#include "attest/provision/attested_channel.hpp"

namespace attest::provision {

// What is empty is not compared.
struct ExpectedRuns {
    std::optional<std::vector<std::byte>> workload = {};
    std::optional<std::vector<std::byte>> configuration = {};
    std::optional<std::vector<std::byte>> tenant = {};
    std::optional<std::vector<std::byte>> package = {};
    std::optional<std::string> deployment = {};
    std::optional<std::uint64_t> serial = {};
};

// One for each of them, in this order; off where there is nothing to compare with.
std::vector<Finding> compare(Runs const& runs, ExpectedRuns const& expected);

} // namespace attest::provision
