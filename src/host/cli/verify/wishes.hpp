#pragma once

// By what evidence is judged, as the user says it: the same options for all commands that judge.

#include "host/cli/syntax/syntax.hpp"

#include <optional>
#include <string>
#include <vector>

namespace host::cli {

struct JudgeWishes {
    std::vector<std::string> endorsements;
    std::optional<std::string> policy;
    std::optional<std::string> at;
    std::vector<std::string> roots;
    std::vector<std::string> measurements;
    std::optional<std::string> kinds;
    bool allow_no_hardware = false;
};

// --endorsements, --policy, --at, --root.
std::vector<Option> basis_options(JudgeWishes& wishes);
Option kind_option(JudgeWishes& wishes);
Option measurement_option(JudgeWishes& wishes);
Option no_hardware_option(JudgeWishes& wishes);

} // namespace host::cli
