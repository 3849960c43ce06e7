#pragma once

// Options on the Keep itself, which `enarx run` and `enarx exec` share.

#include "host/cli/command.hpp"
#include "host/vmm/launch/order.hpp"

#include <optional>
#include <string>
#include <vector>

namespace host::cli {

struct GivenKeep {
    std::optional<std::string> shim;
    std::optional<std::string> memory;
};

void add_keep_options(std::vector<Option>& options, GivenKeep& given);
vmm::KeepWish keep_wish(GivenKeep const& given);

} // namespace host::cli
