#pragma once

// How the application is to be started: configuration and command line laid over each other.

#include "keep/exec/workload/orders.hpp"
#include "os/failure.hpp"
#include "package/digest/configuration_digest.hpp"
#include "package/plan/plan.hpp"

#include <optional>

namespace exec {

struct PlannedStart {
    std::optional<package::Configuration> configuration;
    package::CommandLine command_line;
    std::optional<package::Invocation> invocation;
    package::Plan plan;

    package::Limits limits() const {
        return configuration ? configuration->limits : package::Limits{};
    }
    // The files that the configuration names.
    std::span<package::File const> files() const;
    // Whether one of them is a directory of this source.
    bool has_directory_of(package::Source source) const;
    protocol::evidence::Digest digest() const;
};

os::OrFailure<PlannedStart> plan_start(Orders const& orders);

} // namespace exec
