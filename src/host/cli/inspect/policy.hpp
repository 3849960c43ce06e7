#pragma once

// Policy files of enarx verify.

#include "host/cli/inspect/recogniser.hpp"

namespace host::cli {

bool recognises_policy(Subject const& subject);
os::OrFailure<std::optional<Json>> describe_policy(Subject const& subject, Global const& global);

inline constexpr Recogniser policy_recogniser{
    "policy of enarx verify", recognises_policy, describe_policy
};

} // namespace host::cli
