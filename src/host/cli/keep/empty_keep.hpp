#pragma once

// What a host gives to a Keep that it starts without an application: where it may be reached, and
// what it may reach. Nothing of it is believed in there.

#include "host/cli/command.hpp"
#include "host/cli/run/keep_options.hpp"
#include "host/vmm/backend/pick.hpp"
#include "host/vmm/launch/order.hpp"

#include <optional>
#include <string>
#include <vector>

namespace host::cli {

struct GivenEmptyKeep {
    std::optional<std::string> channel;
    std::optional<std::string> blobs;
    std::vector<std::string> listen;
    std::vector<std::string> connect;
};

// All but --channel, which each command explains for itself.
void add_empty_keep_options(std::vector<Option>& options, GivenEmptyKeep& given);

os::OrFailure<vmm::LaunchOrder> empty_keep_order(
    GivenEmptyKeep const& given,
    GivenKeep const& keep,
    std::optional<std::string> const& max_memory,
    Global const& global
);

// Has exec see to --listen and --connect where no machine around the Keep does.
void hold_to_places(vmm::LaunchOrder& order, vmm::Backend const& backend);

} // namespace host::cli
